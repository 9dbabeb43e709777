/** Certificates, as the clients that matter verify them: Node, Go (so the API server), curl, OpenSSL. */

import { execFile, spawnSync } from 'node:child_process'
import { X509Certificate } from 'node:crypto'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { connect } from 'node:tls'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createAuthority, createLeaf } from '../../src/admission/certificates.ts'

const run = promisify(execFile)
/** In whole seconds, which is what a certificate can hold. */
const fromNow = (seconds: number) => new Date(1000 * (Math.floor(Date.now() / 1000) + seconds))
const validity = { notBefore: fromNow(-300), notAfter: fromNow(86_400) }
const hosts = ['localhost', 'longhaul.longhaul-system.svc', '127.0.0.1', '::1'] as const
const authority = await createAuthority('Longhaul CA', validity)
const leaf = await createLeaf(authority, hosts, validity)
const stranger = await createAuthority('Longhaul CA', validity)

const server = createServer(leaf, (_request, response) => void response.end('hello'))
let port = 0
let folder = ''

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'longhaul-certificates-'))
  await writeFile(join(folder, 'ca.crt'), authority.cert)
  await writeFile(join(folder, 'stranger.crt'), stranger.cert)
  await writeFile(join(folder, 'tls.crt'), leaf.cert)
  await once(server.listen(0, '127.0.0.1'), 'listening')
  port = (server.address() as AddressInfo).port
})

afterAll(async () => {
  server.closeAllConnections()
  server.close()
  await rm(folder, { recursive: true })
})

/** Why tests of a tool can't run here; undefined where they can. */
function missing(tool: string, versionArgument: string): string | undefined {
  const { error } = spawnSync(tool, [versionArgument], { stdio: 'ignore' })
  return error === undefined ? undefined : `${tool} is not here: ${error.message}`
}

function describeWith(tool: string, versionArgument: string, tests: () => void): void {
  const reason = missing(tool, versionArgument)
  describe.skipIf(reason !== undefined)(reason === undefined ? tool : `${tool} (skipped: ${reason})`, tests)
}

describe('the certificates', () => {
  const [ca, server] = [new X509Certificate(authority.cert), new X509Certificate(leaf.cert)]

  it('are a CA and a leaf that it signed', () => {
    expect(ca.ca).toBe(true)
    expect(ca.subject).toBe('CN=Longhaul CA')
    expect(ca.verify(ca.publicKey)).toBe(true)
    expect(server.ca).toBe(false)
    expect(server.issuer).toBe(ca.subject)
    expect(server.checkIssued(ca)).toBe(true)
    expect(server.verify(ca.publicKey)).toBe(true)
    expect(server.verify(new X509Certificate(stranger.cert).publicKey)).toBe(false)
  })

  it('have serial numbers of their own', () => {
    const all = [ca, server, new X509Certificate(stranger.cert)].map(({ serialNumber }) => serialNumber)
    expect(new Set(all).size).toBe(3)
    for (const serial of all) expect(serial).toMatch(/^[0-7][0-9A-F]*$|^[0-9A-F]{1,39}$/)
  })

  it.each([
    ['CA', ca],
    ['leaf', server],
  ])('have a P-256 key and a SHA-256 signature (%s)', (_name, certificate) => {
    expect(certificate.publicKey.asymmetricKeyType).toBe('ec')
    expect(certificate.publicKey.asymmetricKeyDetails?.namedCurve).toBe('prime256v1')
    expect(certificate.signatureAlgorithm).toBe('ecdsa-with-SHA256')
  })

  it('hold for the hosts, and no other', () => {
    expect(server.subjectAltName).toBe(
      'DNS:localhost, DNS:longhaul.longhaul-system.svc, IP Address:127.0.0.1, IP Address:0:0:0:0:0:0:0:1',
    )
    expect(server.checkHost('longhaul.longhaul-system.svc')).toBe('longhaul.longhaul-system.svc')
    expect(server.checkIP('::1')).toBe('::1')
    expect(server.checkHost('elsewhere.test')).toBeUndefined()
    expect(server.checkIP('127.0.0.2')).toBeUndefined()
  })

  it.each([
    ['CA', ca],
    ['leaf', server],
  ])('hold for the time that was asked for (%s)', (_name, { validFromDate, validToDate }) => {
    expect({ notBefore: validFromDate, notAfter: validToDate }).toEqual(validity)
  })

  it('are for servers only', () => {
    expect(server.keyUsage).toEqual(['1.3.6.1.5.5.7.3.1'])
  })
})

describe('Node', () => {
  async function verify(options: { ca: string; host: string; servername?: string }): Promise<boolean> {
    const socket = connect({ port, ...options })
    try {
      await once(socket, 'secureConnect')
      return socket.authorized
    } finally {
      socket.destroy()
    }
  }

  it.each(['localhost', 'longhaul.longhaul-system.svc'])('takes the certificate for %s', async servername => {
    expect(await verify({ ca: authority.cert, host: '127.0.0.1', servername })).toBe(true)
  })

  it('takes the certificate for an address', async () => {
    expect(await verify({ ca: authority.cert, host: '127.0.0.1' })).toBe(true)
  })

  it('refuses the certificate for another name', async () => {
    const verified = verify({ ca: authority.cert, host: '127.0.0.1', servername: 'elsewhere.test' })
    await expect(verified).rejects.toThrow(/does not match/)
  })

  it('refuses the certificate by another CA of the same name', async () => {
    await expect(verify({ ca: stranger.cert, host: '127.0.0.1' })).rejects.toThrow()
  })
})

describeWith('curl', '--version', () => {
  const curl = (...args: string[]) =>
    run('curl', ['--silent', '--show-error', '--noproxy', '*', '--max-time', '10', ...args])

  it.each(['localhost', '127.0.0.1'])('takes the certificate for %s', async host => {
    const { stdout } = await curl('--ipv4', '--cacert', join(folder, 'ca.crt'), `https://${host}:${port}/`)
    expect(stdout).toBe('hello')
  })

  it('refuses the certificate for another name', async () => {
    const resolve = ['--resolve', `elsewhere.test:${port}:127.0.0.1`]
    await expect(
      curl('--cacert', join(folder, 'ca.crt'), ...resolve, `https://elsewhere.test:${port}/`),
    ).rejects.toThrow(/subject name|alternative/i)
  })

  it('refuses the certificate by another CA', async () => {
    await expect(
      curl('--cacert', join(folder, 'stranger.crt'), `https://127.0.0.1:${port}/`),
    ).rejects.toThrow(/certificate/i)
  })
})

describeWith('openssl', 'version', () => {
  const verify = (...args: string[]) => run('openssl', ['verify', '-purpose', 'sslserver', ...args])

  it.each([
    ['-verify_hostname', 'localhost'],
    ['-verify_ip', '127.0.0.1'],
    ['-verify_ip', '::1'],
  ])('takes the certificate (%s %s)', async (option, host) => {
    const { stdout } = await verify('-CAfile', join(folder, 'ca.crt'), option, host, join(folder, 'tls.crt'))
    expect(stdout).toMatch(/: OK$/m)
  })

  it('refuses the certificate for another name', async () => {
    const args = [
      '-CAfile',
      join(folder, 'ca.crt'),
      '-verify_hostname',
      'elsewhere.test',
      join(folder, 'tls.crt'),
    ]
    await expect(verify(...args)).rejects.toThrow(/hostname mismatch/i)
  })

  it('names the usages of the CA', async () => {
    const { stdout } = await run('openssl', ['x509', '-in', join(folder, 'ca.crt'), '-noout', '-text'])
    expect(stdout).toMatch(/X509v3 Basic Constraints: critical\s+CA:TRUE, pathlen:0/)
    expect(stdout).toMatch(/X509v3 Key Usage: critical\s+Certificate Sign, CRL Sign/)
  })
})

const goProgram = `package main

import ("crypto/x509"; "encoding/pem"; "fmt"; "os")

func read(name string) *x509.Certificate {
	text, err := os.ReadFile(name)
	if err != nil { panic(err) }
	block, _ := pem.Decode(text)
	certificate, err := x509.ParseCertificate(block.Bytes)
	if err != nil { panic(err) }
	return certificate
}

func main() {
	roots := x509.NewCertPool()
	ca := read(os.Args[1])
	roots.AddCert(ca)
	fmt.Println(ca.IsCA, ca.KeyUsage&x509.KeyUsageCertSign != 0, ca.SignatureAlgorithm)
	for _, host := range os.Args[3:] {
		_, err := read(os.Args[2]).Verify(x509.VerifyOptions{Roots: roots, DNSName: host, KeyUsages: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}})
		fmt.Println(host, err == nil)
	}
}
`

describeWith('go', 'version', () => {
  it('takes the certificate for its hosts and refuses it for others', { timeout: 120_000 }, async () => {
    await writeFile(join(folder, 'main.go'), goProgram)
    const args = ['run', 'main.go', 'ca.crt', 'tls.crt', ...hosts, 'elsewhere.test', '127.0.0.2']
    const env = { ...process.env, GO111MODULE: 'off', GOFLAGS: '', GOTOOLCHAIN: 'local' }
    const { stdout } = await run('go', args, { cwd: folder, env })
    expect(stdout.trim().split('\n')).toEqual([
      'true true ECDSA-SHA256',
      ...hosts.map(host => `${host} true`),
      'elsewhere.test false',
      '127.0.0.2 false',
    ])
  })
})
