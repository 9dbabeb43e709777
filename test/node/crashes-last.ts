/** The order of the files: what a crash leaves behind must not fail those that have nothing to do with it. */

import { BaseSequencer, type TestSpecification } from 'vitest/node'

export class CrashesLast extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const isCrash = ({ moduleId }: TestSpecification) => moduleId.includes('/daemons/')
    const sorted = await super.sort(files)
    return [...sorted.filter(file => !isCrash(file)), ...sorted.filter(isCrash)]
  }
}
