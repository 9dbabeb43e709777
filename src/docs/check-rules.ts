/** The reference of the rules of `longhaul check`, made from them. */

import { platforms } from '../check/platforms.ts'
import type { Examples, Rule } from '../check/rule.ts'
import { rules } from '../check/rules.ts'
import { keyPrefix } from '../policy/settings.ts'

const intro = `# Rules of \`longhaul check\`

Each rule has an example of what it finds, on the lines marked \`# <-\`, and of what it leaves alone; both are tests. This page is generated from the rules (\`npm run docs\`).

`

/** The whole document. */
export function checkMarkdown(): string {
  const rows = rules.map(
    ({ id, name, severity, wrong }) => `| [${id}](#${anchor(id, name)}) | ${severity} | ${wrong} |`,
  )
  const table = ['| rule | severity | what is wrong |', '|---|---|---|', ...rows].join('\n')
  return `${intro}${table}\n${rules.map(section).join('')}`
}

function anchor(id: string, name: string): string {
  return `${id} ${name}`.toLowerCase().replaceAll(' ', '-')
}

function section({ id, name, severity, wrong, why, source, fix, setting, examples }: Rule): string {
  const longhaul =
    setting === undefined ? '' : ` With Longhaul: \`${keyPrefix}${setting.key}: ${setting.value}\`.`
  return `
## ${id} ${name}

${wrong} (${severity})

${why} ([source](${source}))

**Fix.** ${fix}${longhaul}

Found${platformText(examples)}:

\`\`\`yaml
${examples.bad.trim()}
\`\`\`

Left alone:

\`\`\`yaml
${examples.good.trim()}
\`\`\`
`
}

function platformText({ platform }: Examples): string {
  return platform === undefined ? '' : ` with \`--platform ${platform}\` (${platforms[platform].title})`
}
