/** The colours of severities on a terminal. */
export const colours = { error: 'red', warning: 'yellow', note: 'cyan' } as const
