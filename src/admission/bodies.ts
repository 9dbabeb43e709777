/**
 * Reading the bodies of requests within a bounded memory. What many clients have sent of bodies that do not end must
 * not add up to the container's limit: beyond a budget for all of them together, the one that asks for more is refused.
 */

import type { IncomingMessage } from 'node:http'
import type { Patience } from './patience.ts'
import { RequestError } from './request-error.ts'

export interface BodyLimits {
  /** The largest body. */
  bodyBytes: number
  /** The most of all bodies that are being read, worked on or answered. */
  inFlightBytes: number
  /** What of that is kept for small bodies, so that a few large ones that come slowly don't keep the others out. */
  reservedBytes: number
  /** A body that is not there after so long, or an answer that is not taken, is given up. */
  patienceMs: number
}

const mebibyte = 1024 * 1024

/**
 * A review can hold two objects, of 1.5 MiB each at most in etcd, and more in JSON than there: 7 MiB.
 *
 * In flight: of the chart's 256 MiB, about 100 are what the idle process takes, 35 what connections do. A byte of a
 * body is held up to three times: as it came and, where one character is not Latin, twice as text; or in its answer, as
 * text, in pieces and encrypted. 24 MiB of bodies take at most 72. The rest is for the one review that is parsed at a
 * time, of at most 600,000 parts of some 50 bytes.
 *
 * API servers wait for two seconds by default: a body that takes longer than five is of no use to anybody.
 */
export const standardBodyLimits: BodyLimits = {
  bodyBytes: 7 * mebibyte,
  inFlightBytes: 24 * mebibyte,
  reservedBytes: 6 * mebibyte,
  patienceMs: 5000,
}

/** Of nearly all reviews: a usual one has some 10 KiB. */
const smallBytes = 256 * 1024

export interface Body {
  text: string
  /** To be called once the answer is on its way to the client, or there will be none. */
  release(): void
}

export interface Bodies {
  /** What is held of the budget now. */
  readonly inFlightBytes: number
  /** Reads a body to its end; fails with a RequestError, and then holds nothing of it. */
  read(request: IncomingMessage, done: (error: Error | null, body?: Body) => void): void
}

/** Bodies that share a budget, each read with patience. */
export function createBodies(limits: BodyLimits, patience: Patience): Bodies {
  let inFlightBytes = 0
  const refusal = (wantedBytes: number, heldBytes: number): RequestError | undefined => {
    if (wantedBytes > limits.bodyBytes) return tooLarge(limits)
    const mostBytes = limits.inFlightBytes - (wantedBytes > smallBytes ? limits.reservedBytes : 0)
    return inFlightBytes - heldBytes + wantedBytes > mostBytes ? tooMany : undefined
  }
  return {
    get inFlightBytes() {
      return inFlightBytes
    },
    read(request, done) {
      const announcedBytes = Number(request.headers['content-length'] ?? 0)
      // Announced bytes are not held before they come: who only announces must not keep others out.
      const refused = refusal(announcedBytes, 0)
      if (refused !== undefined) return done(refused)
      const gathered = new Gathered(announcedBytes, limits.bodyBytes)
      const release = () => {
        inFlightBytes -= gathered.heldBytes
        gathered.drop()
      }
      let isEnded = false
      const end = (error: Error | null, body?: Body) => {
        // One that was refused may break off as well.
        if (isEnded) return
        isEnded = true
        stopWaiting()
        request.off('data', take).off('end', finish)
        if (error !== null) release()
        done(error, body)
      }
      const take = (chunk: Buffer) => {
        const wantedBytes = gathered.bytesToHold(chunk)
        const error = gathered.bytes + chunk.length > limits.bodyBytes ? tooLarge(limits) : undefined
        const refused = error ?? refusal(wantedBytes, gathered.heldBytes)
        if (refused !== undefined) return end(refused)
        inFlightBytes += wantedBytes - gathered.heldBytes
        gathered.add(chunk, wantedBytes)
      }
      const finish = () => end(null, { text: gathered.takeText(), release })
      const stopWaiting = patience.wait(() => end(tooSlow(limits)))
      request.on('data', take).once('end', finish)
      // Where the client goes away.
      request.once('error', () => end(endedEarly))
    },
  }
}

/** The bytes of one body. In one piece: a client may send them one by one, and a Buffer for each would take 100 times that. */
class Gathered {
  bytes = 0
  /** The size of the memory that is held, or was until the text was taken. */
  heldBytes = 0
  #held: Buffer = nothing
  readonly #announcedBytes: number
  readonly #limitBytes: number

  constructor(announcedBytes: number, limitBytes: number) {
    this.#announcedBytes = announcedBytes
    this.#limitBytes = limitBytes
  }

  /** How much is to be held once a chunk is added: by doubling, so that each byte is moved twice at most. */
  bytesToHold(chunk: Buffer): number {
    const neededBytes = this.bytes + chunk.length
    if (neededBytes <= this.heldBytes) return this.heldBytes
    if (this.bytes === 0 && neededBytes === this.#announcedBytes) return neededBytes
    const most = this.#announcedBytes === 0 ? this.#limitBytes : this.#announcedBytes
    return Math.max(neededBytes, Math.min(2 * this.heldBytes, most))
  }

  add(chunk: Buffer, heldBytes: number): void {
    // The usual body comes whole, and is not copied.
    if (this.bytes === 0 && chunk.length === this.#announcedBytes) this.#held = chunk
    else {
      if (heldBytes > this.heldBytes) {
        const larger = Buffer.allocUnsafeSlow(heldBytes)
        this.#held.copy(larger, 0, 0, this.bytes)
        this.#held = larger
      }
      chunk.copy(this.#held, this.bytes)
    }
    this.bytes += chunk.length
    this.heldBytes = heldBytes
  }

  takeText(): string {
    const text = this.#held.toString('utf8', 0, this.bytes)
    this.#held = nothing
    return text
  }

  drop(): void {
    this.#held = nothing
    this.heldBytes = 0
  }
}

const nothing = Buffer.alloc(0)

const tooMany = new RequestError(
  503,
  'Longhaul reads as many bytes of requests as it has memory for; ask again.',
)
const endedEarly = new RequestError(400, 'The body ended early.')

function tooLarge({ bodyBytes }: BodyLimits): RequestError {
  return new RequestError(413, `The body is larger than ${bodyBytes / mebibyte} MiB.`)
}

function tooSlow({ patienceMs }: BodyLimits): RequestError {
  return new RequestError(408, `The body was not there after ${patienceMs / 1000} s.`)
}
