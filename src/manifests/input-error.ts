/** How many are told of at once. */
const mostMistakes = 20

/** Input that can't be used; the message names file, document and line, one mistake a line. */
export class InputError extends Error {
  override name = 'InputError'
  readonly mistakes: readonly string[]

  constructor(...mistakes: readonly string[]) {
    const rest = mistakes.length - mostMistakes
    const more = rest > 0 ? [`and ${rest} more ${rest === 1 ? 'mistake' : 'mistakes'}`] : []
    super([...mistakes.slice(0, mostMistakes), ...more].join('\n'))
    this.mistakes = mistakes
  }
}

/** The results of what may throw, each on its own, and the mistakes of all that did. */
export async function attemptAll<T>(
  attempts: readonly (() => T | Promise<T>)[],
): Promise<{ results: T[]; mistakes: string[] }> {
  const outcomes = await Promise.all(attempts.map(attempt))
  return {
    results: outcomes.flatMap(each => ('result' in each ? [each.result] : [])),
    mistakes: outcomes.flatMap(each => ('result' in each ? [] : each.mistakes)),
  }
}

async function attempt<T>(
  work: () => T | Promise<T>,
): Promise<{ result: T } | { mistakes: readonly string[] }> {
  try {
    return { result: await work() }
  } catch (error) {
    if (error instanceof InputError) return { mistakes: error.mistakes }
    throw error
  }
}
