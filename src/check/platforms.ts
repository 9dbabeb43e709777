/** What platforms do to connections and to pods that end, each fact with its source. */

export interface PlatformFacts {
  /** For people. */
  title: string
}

export const platforms = {
  aks: { title: 'Azure Kubernetes Service' },
  eks: { title: 'Amazon Elastic Kubernetes Service' },
  gke: { title: 'Google Kubernetes Engine' },
} as const satisfies Readonly<Record<string, PlatformFacts>>

export type Platform = keyof typeof platforms
