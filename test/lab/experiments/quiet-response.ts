/** An answer that comes after a quiet time, through a NAT that forgets sooner. */

import { setIdleTimeout, usualIdleTimeoutSeconds } from '../hosts/router.ts'
import type { Pod } from '../pods/pod.ts'
import { lineOf, onlyContainer, waitFor } from '../pods/wait.ts'
import { http } from '../systems/http.ts'
import { attempt } from './cases.ts'
import { type Experiment, type Lab, type Observation, subjectOf, type Table } from './experiment.ts'
import { keepalive, nothing } from './policies.ts'
import { openStage } from './stage.ts'
import { variantColumns } from './variant-columns.ts'

/** Seconds; divided by the lab's scale. AWS's network load balancers forget after 350 s. */
const natForgetsSeconds = 360
const answerSeconds = 600
const patienceSeconds = 900

export const quietResponse: Experiment = {
  name: 'quiet-response',
  title: `A response after ${answerSeconds / 60} quiet minutes`,
  about: `A request is answered after ${answerSeconds / 60} minutes, through a NAT that forgets a flow that was idle for ${natForgetsSeconds / 60}. Seconds until the answer has come; still waiting: ${patienceSeconds / 60} minutes after it was asked for.`,
  async run(lab) {
    setIdleTimeout(natForgetsSeconds / lab.scale)
    try {
      return await askAll(lab)
    } finally {
      setIdleTimeout(usualIdleTimeoutSeconds)
    }
  },
  table: outcomes,
}

async function askAll(lab: Lab): Promise<Observation[]> {
  await using stage = openStage(lab, { QUERY: `?after=${answerSeconds / lab.scale}` })
  const system = lab.systems.find(({ name }) => name === http.name)
  const variants = [nothing, keepalive('preload', lab.scale), keepalive('sysctl', lab.scale)]
  await stage.serve(http)
  lab.progress(`waiting ${patienceSeconds / lab.scale} s for the answers`)
  const asking = (system?.clients ?? []).flatMap(client =>
    variants.map(async variant => {
      const subject = subjectOf(http, client)
      return await attempt(lab, `${subject}, ${variant.name}`, async () => {
        const pod = await stage.client(http, client.workload, variant)
        const figures = await outcomeOf(pod, (patienceSeconds * 1000) / lab.scale)
        return { subject, circumstance: 'quiet', variant: variant.name, figures }
      })
    }),
  )
  return (await Promise.all(asking)).filter(each => each !== undefined)
}

/** Seconds since the first part of the answer, which comes with the request's arrival. */
async function outcomeOf(pod: Pod, patienceMs: number): Promise<Observation['figures']> {
  const container = onlyContainer(pod)
  const { atMs: startMs } = await lineOf(container, 'ready', patienceMs)
  const answered = () => container.log.find(({ text }) => text === 'answered')
  const last = await waitFor(container, () => answered() ?? container.end, patienceMs)
  const seconds = last === undefined ? null : (last.atMs - startMs) / 1000
  const outcome = last === undefined ? 'still waiting' : answered() === undefined ? 'lost' : 'answered'
  return { outcome, seconds }
}

function outcomes(observations: readonly Observation[]): Table {
  return variantColumns(observations, ['client'], ({ figures: { outcome, seconds } }) =>
    typeof seconds === 'number' ? `${outcome} after ${seconds.toFixed(1)} s` : String(outcome),
  )
}
