/** What every client of the lab says on its standard output, a line each. */

/** Its connection is up, and it waits. */
export function ready(): void {
  write('ready')
}

/** It has learnt that its connection is gone; why, as its library says. */
export function lost(why: unknown): void {
  write(`lost ${why instanceof Error ? why.message : String(why)}`)
}

/** What it waited for has come. */
export function answered(): void {
  write('answered')
}

function write(line: string): void {
  process.stdout.write(`${line.replaceAll('\n', ' ')}\n`)
}
