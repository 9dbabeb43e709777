/** Longhaul's version, and the commit that a build was made from. */

import packageJson from '../package.json' with { type: 'json' }

/** Set by the bundler; absent when run from source. */
declare const BUILD_COMMIT: string | undefined

export const version: string = packageJson.version

export const commit: string = typeof BUILD_COMMIT === 'string' ? BUILD_COMMIT : 'from source'
