/**
 * True where `actual` has everything that `wanted` has. It may have more: the API server fills in defaults
 * between two runs of a webhook.
 */
export function covers(actual: unknown, wanted: unknown): boolean {
  if (actual === wanted) return true
  if (typeof wanted !== 'object' || wanted === null) return false
  if (typeof actual !== 'object' || actual === null) return false
  if (Array.isArray(wanted) && (!Array.isArray(actual) || actual.length !== wanted.length)) return false
  const fields = actual as Record<string, unknown>
  for (const key in wanted) {
    if (!covers(fields[key], wanted[key as keyof typeof wanted])) return false
  }
  return true
}
