/** The same question to every container of many pods. */

import { type Answer, createAsking, type Fleet, type Question } from './ask.ts'
import type { FleetPod, LeftOut } from './pod-access.ts'

interface PodAnswers<Line> {
  pod: FleetPod
  answers: readonly Answer<Line>[]
}

interface AllAnswers<Line> {
  /** The pods that have told anything, if only that there is nothing. */
  told: readonly PodAnswers<Line>[]
  leftOut: readonly LeftOut[]
}

/** Asks the pods that can be asked. */
export async function askPods<Line>(
  fleet: Fleet,
  accesses: readonly (FleetPod | LeftOut)[],
  question: Pick<Question<Line>, 'command' | 'read'>,
): Promise<AllAnswers<Line>> {
  const ask = createAsking(fleet)
  const asked = await Promise.all(
    accesses
      .filter(each => 'containers' in each)
      .map(async pod => ({
        pod,
        answers: await Promise.all(pod.containers.map(container => ask({ ...question, pod, container }))),
      })),
  )
  const unasked = accesses.filter(each => 'reason' in each)
  return {
    told: asked.filter(({ answers }) => answers.some(isTold)),
    leftOut: [...unasked, ...asked.flatMap(({ answers }) => brokenOff(answers))],
  }
}

/** Of some answers what is not whole. */
export function brokenOff(answers: readonly Answer<unknown>[]): LeftOut[] {
  return answers.flatMap(({ leftOut = [] }) => leftOut)
}

function isTold({ lines, leftOut }: Answer<unknown>): boolean {
  return leftOut === undefined || lines.length > 0
}
