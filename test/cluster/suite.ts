/** What suites on a control plane begin with: one for each file, and the chart installed on it. */

import { afterAll, beforeAll, beforeEach, expect } from 'vitest'
import { missingForControlPlane } from './binaries.ts'
import { type ControlPlane, type ControlPlaneOptions, startControlPlane } from './control-plane.ts'
import { type Installation, install } from './installation.ts'

const missing = missingForControlPlane('kubectl', 'helm')
const startTimeoutMs = 120_000

/** Gives the tests of the block a control plane of their own, or has them skipped with the reason. */
export function useControlPlane(options: ControlPlaneOptions = {}): () => ControlPlane {
  return useForAll(() => startControlPlane(options))
}

/** Gives them the chart with these values on it, with two replicas that the API server calls. */
export function useInstallation(
  controlPlane: () => ControlPlane,
  values = '',
  /** What must be there before. */
  prepare = async (): Promise<void> => {},
): () => Installation {
  return useForAll(async () => {
    await prepare()
    const installation = await install(controlPlane(), values)
    await installation.untilCalled()
    return installation
  })
}

function useForAll<T extends AsyncDisposable>(start: () => Promise<T>): () => T {
  let started: T | undefined
  beforeAll(async () => {
    if (missing === undefined) started = await start()
  }, startTimeoutMs)
  afterAll(() => started?.[Symbol.asyncDispose](), startTimeoutMs)
  beforeEach(context => {
    if (missing !== undefined) context.skip(missing)
  })
  return () => started ?? expect.fail('it did not start')
}
