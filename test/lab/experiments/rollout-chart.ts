/** The damage of a rollout as bars: a group for each kind, a bar for each variant. */

import { type Chart, colours } from '../results/svg.ts'
import type { Observation } from './experiment.ts'

/** The figures to show are named as in the observations. */
export function rolloutChart(
  observations: readonly Observation[],
  figures: readonly string[],
  title: string,
): Chart {
  const series = observations.map(({ variant, figures: values }, index) => ({
    type: 'bar' as const,
    name: variant,
    color: colours[index] ?? '#000',
    label: { show: true, position: 'top' as const, fontSize: 10 },
    data: figures.map(name => Number(values[name])),
  }))
  return {
    height: 360,
    option: {
      title: {
        text: title,
        left: 'center',
        textStyle: { fontSize: 15 },
      },
      legend: { bottom: 0, itemGap: 30, data: observations.map(({ variant }) => variant) },
      grid: { left: 60, right: 20, top: 50, bottom: 60 },
      xAxis: { type: 'category', data: [...figures] },
      yAxis: { type: 'value' },
      series,
    },
  }
}
