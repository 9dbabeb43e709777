/** Kubernetes' resource quantities, as far as resources of containers need them: `50m`, `1.5`, `32Mi`. */

const factors: Readonly<Record<string, number>> = {
  m: 1e-3,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  P: 1e15,
  E: 1e18,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
  Pi: 2 ** 50,
  Ei: 2 ** 60,
}

export const quantityPattern = /^\d+(\.\d+)?([mkMGTPE]|[KMGTPE]i)?$/

/** The number that a quantity stands for. */
export function quantityOf(text: string): number {
  const suffix = /[A-Za-z]+$/.exec(text)?.[0] ?? ''
  return Number.parseFloat(text) * (factors[suffix] ?? 1)
}
