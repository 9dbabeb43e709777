/** How a command ends when it can't do what it was asked. */

/** Exit statuses, the same for every command. */
export const exitStatus = { done: 0, failed: 1, wrongInput: 2 } as const

/** An end with a message for the person who called; anything else that is thrown is a fault of ours. */
export class CommandError extends Error {
  override name = 'CommandError'
  readonly status: 1 | 2

  constructor(message: string, status: 1 | 2) {
    super(message)
    this.status = status
  }
}
