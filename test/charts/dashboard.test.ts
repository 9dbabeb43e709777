import { expect, test } from 'vitest'
import { createMetrics } from '../../src/admission/metrics.ts'
import { createClusterMetrics } from '../../src/cluster/metrics.ts'
import { dashboard } from '../../src/docs/dashboard.ts'

interface Panel {
  targets: { expr: string }[]
}

test("the dashboard shows all of Longhaul's own metrics, and none that do not exist", async () => {
  const metrics = createMetrics()
  createClusterMetrics(metrics.registry, { namespaces: () => 0, namespacesAgeMs: () => 0 })
  const text = await metrics.text()
  const types = [...text.matchAll(/^# TYPE (\w+) (\w+)$/gm)]
  const series = types.map(([, name = '', type]) => (type === 'histogram' ? `${name}_bucket` : name))
  const { panels } = dashboard() as { panels: Panel[] }
  const queries = panels.flatMap(({ targets }) => targets.map(({ expr }) => expr)).join('\n')
  const asked = [...new Set(queries.match(/\b(longhaul|process)_\w+/g))]
  expect(asked.filter(name => !series.includes(name))).toEqual([])
  expect(series.filter(name => name.startsWith('longhaul_') && !asked.includes(name))).toEqual([])
})
