/** The ends of connections, as text. */

/** `10.0.0.7:6379`, `[2001:db8::1]:6379`. */
export function endpointText(address: string, port: number): string {
  return address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`
}
