/** Silent death as bars: the seconds to notice of each client, in the longest of its cases. */

import { type Chart, colours } from '../results/svg.ts'
import type { Observation } from './experiment.ts'

/** Bars for what was never noticed are as long as the lab waited. */
export function silentDeathChart(observations: readonly Observation[], patienceSeconds: number): Chart {
  const variants = [...new Set(observations.map(({ variant }) => variant))]
  // The first row of a category axis is at the bottom.
  const subjects = [...new Set(observations.map(({ subject }) => subject))].reverse()
  const series = variants.map((variant, index) => ({
    type: 'bar' as const,
    name: variant,
    color: colours[index] ?? '#000',
    barGap: '10%',
    data: subjects.map(subject => bar(slowest(observations, subject, variant), patienceSeconds)),
  }))
  return {
    height: 60 + 46 * subjects.length,
    option: {
      title: {
        text: `Seconds until a client knows that its server is silent (never: not within ${patienceSeconds} s)`,
        left: 'center',
        textStyle: { fontSize: 15 },
      },
      legend: { bottom: 0, itemGap: 30, data: variants },
      grid: { left: 300, right: 50, top: 40, bottom: 50 },
      xAxis: { type: 'value', max: patienceSeconds, name: 's' },
      yAxis: { type: 'category', data: subjects },
      series,
    },
  }
}

/** The longest time over all circumstances; null where it was never noticed in one of them. */
function slowest(observations: readonly Observation[], subject: string, variant: string): number | null {
  const seconds = observations
    .filter(each => each.subject === subject && each.variant === variant)
    .map(({ figures }) => figures['seconds'])
  return seconds.includes(null) ? null : Math.max(...seconds.map(Number))
}

function bar(seconds: number | null, patienceSeconds: number) {
  const label = { show: true, position: 'right' as const, fontSize: 10 }
  return seconds === null
    ? { value: patienceSeconds, label: { ...label, formatter: 'never' }, itemStyle: { opacity: 0.35 } }
    : { value: seconds, label: { ...label, formatter: seconds.toFixed(1) } }
}
