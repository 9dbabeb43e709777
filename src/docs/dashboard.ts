/** The Grafana dashboard of the chart, made from a table of its panels. */

interface Panel {
  title: string
  /** Shown behind an i beside the title. */
  description: string
  /** Of Grafana: https://grafana.com/docs/grafana/latest/panels-visualizations/configure-standard-options/ */
  unit: string
  /** PromQL, with what its lines are called: `{{label}}` stands for a label's value. */
  queries: readonly (readonly [expression: string, legend: string])[]
  /** A single number, rather than lines over time. */
  isStat?: boolean
}

const rate = '[$__rate_interval]'
const perWebhook = (part: number) =>
  `histogram_quantile(${part}, sum by (le, webhook) (rate(longhaul_admission_duration_seconds_bucket${rate})))`
/** What every process of Node reports, of those processes that are Longhaul's. */
const ours = (metric: string) => `${metric} and on (job, instance) longhaul_namespaces`

const panels: readonly Panel[] = [
  {
    title: 'Certificate ends in',
    description: 'The webhook renews it after two thirds of its lifetime; red means that it could not.',
    unit: 's',
    queries: [
      ['min by (certificate) (longhaul_certificate_expiry_timestamp_seconds) - time()', '{{certificate}}'],
    ],
    isStat: true,
  },
  {
    title: 'Namespaces known',
    description: 'In the cache of the replica that knows fewest.',
    unit: 'none',
    queries: [['min(longhaul_namespaces)', 'namespaces']],
    isStat: true,
  },
  {
    title: 'Age of the namespace cache',
    description: 'Time since it was last known to be current. It grows while the API server is gone.',
    unit: 's',
    queries: [['max(longhaul_namespace_cache_age_seconds)', 'oldest']],
    isStat: true,
  },
  {
    title: 'Admissions',
    description: 'Requests that the API server sent, by what became of them.',
    unit: 'reqps',
    queries: [
      [`sum by (webhook, outcome) (rate(longhaul_admissions_total${rate}))`, '{{webhook}}: {{outcome}}'],
    ],
  },
  {
    title: 'Pods left alone',
    description: 'By reason.',
    unit: 'reqps',
    queries: [[`sum by (reason) (rate(longhaul_admissions_total{outcome="skipped"}${rate}))`, '{{reason}}']],
  },
  {
    title: 'Time for an admission',
    description: 'Inside the webhook: without the network, TLS and the parsing of the request.',
    unit: 's',
    queries: [
      [perWebhook(0.5), '{{webhook}}: median'],
      [perWebhook(0.99), '{{webhook}}: 99 %'],
    ],
  },
  {
    title: 'Problems in settings and pods',
    description: 'By the setting; keys that are no setting count as "unknown".',
    unit: 'none',
    queries: [[`sum by (key) (increase(longhaul_problems_total${rate}))`, '{{key}}']],
  },
  {
    title: 'Requests refused',
    description: 'That were no valid AdmissionReview, by HTTP status. Not from an API server.',
    unit: 'reqps',
    queries: [[`sum by (status) (rate(longhaul_refused_requests_total${rate}))`, '{{status}}']],
  },
  {
    title: 'Configuration read again',
    description: 'A file that was refused is in the log with its mistakes; the one before it holds.',
    unit: 'none',
    queries: [[`sum by (file, result) (increase(longhaul_reloads_total${rate}))`, '{{file}}: {{result}}']],
  },
  {
    title: 'Certificates',
    description: 'What the replicas did about them, and about the CA in the webhook configurations.',
    unit: 'none',
    queries: [
      [
        `sum by (action, result) (increase(longhaul_certificate_actions_total${rate}))`,
        '{{action}}: {{result}}',
      ],
    ],
  },
  {
    title: 'Watches started anew',
    description: 'The API server ends watches now and then; many in a row mean that it is not well.',
    unit: 'none',
    queries: [
      [
        `sum by (resource, reason) (increase(longhaul_watch_restarts_total${rate}))`,
        '{{resource}}: {{reason}}',
      ],
    ],
  },
  {
    title: 'Memory',
    description: 'Resident, by replica.',
    unit: 'bytes',
    queries: [[ours('process_resident_memory_bytes'), '{{instance}}']],
  },
  {
    title: 'CPU',
    description: 'In cores, by replica.',
    unit: 'none',
    queries: [[ours(`rate(process_cpu_seconds_total${rate})`), '{{instance}}']],
  },
]

const datasource = { type: 'prometheus', uid: '$datasource' }
const perRow = 3
const gridWidth = 24

/** The dashboard as Grafana imports it. */
export function dashboard(): object {
  return {
    uid: 'longhaul',
    title: 'Longhaul',
    tags: ['longhaul', 'kubernetes'],
    schemaVersion: 39,
    editable: true,
    refresh: '1m',
    time: { from: 'now-6h', to: 'now' },
    templating: {
      list: [{ name: 'datasource', label: 'Data source', type: 'datasource', query: 'prometheus' }],
    },
    panels: panels.map(panelModel),
  }
}

function panelModel({ title, description, unit, queries, isStat = false }: Panel, index: number): object {
  const [width, height] = [gridWidth / perRow, 8]
  const x = (index % perRow) * width
  return {
    id: index + 1,
    type: isStat ? 'stat' : 'timeseries',
    title,
    description,
    datasource,
    gridPos: { x, y: Math.floor(index / perRow) * height, w: width, h: height },
    fieldConfig: { defaults: { unit, min: 0 }, overrides: [] },
    targets: queries.map(([expr, legendFormat], number) => {
      return { refId: String.fromCharCode(65 + number), datasource, expr, legendFormat }
    }),
  }
}
