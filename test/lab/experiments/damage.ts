/** What a rollout does to those who use what is rolled out. */

import type { Line } from '../pods/container.ts'
import type { Lab } from './experiment.ts'
import { peakPerSecond } from './rates.ts'

/** What went wrong for whom, from what the clients said. */
export function damage(lines: readonly Line[], { scale }: Pick<Lab, 'scale'>): Record<string, number> {
  const starting = (start: string) => lines.filter(({ text }) => text.startsWith(start))
  const numbers = (start: string) => starting(start).map(({ text }) => text.slice(start.length))
  const sent = numbers('sent ')
  const answered = new Set(numbers('ok '))
  const gaps = starting('gap ')
  return {
    'requests that failed': sent.filter(each => !answered.has(each)).length,
    'of so many': sent.length,
    'sessions refused': starting('refused').length,
    'sessions cut': starting('cut').length,
    'in mid-message': starting('cut mid-message').length,
    'longest gap, s': Math.max(0, ...gaps.map(({ text }) => Number(text.slice('gap '.length)))),
    'reconnects/s at the peak': peakPerSecond(
      gaps.map(({ atMs }) => atMs),
      scale,
    ),
  }
}
