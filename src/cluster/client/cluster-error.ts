/** The cluster can't be asked, or can't do what it was asked; the message says what, where, and what to do. */
export class ClusterError extends Error {
  override name = 'ClusterError'
}
