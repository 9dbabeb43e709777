/** What a system of the lab is: a server that people run, and clients that they use with it. */

/** A program that a system needs, and the Debian package that has it. */
export interface Need {
  program: string
  package: string
}

export interface Client {
  /** The workload of the manifest that runs it. */
  workload: string
  /** In tables: which client, and what it has by itself against dead peers. */
  label: string
  needs?: readonly Need[]
}

export interface System {
  name: string
  /** File in manifests/, with a service, a workload of the same name behind it, and the clients. */
  manifest: string
  server: string
  needs: readonly Need[]
  clients: readonly Client[]
}
