import type { V1Container } from '@kubernetes/client-node'
import { runsToCompletion } from '../../mutation/owner.ts'
import type { Rule } from '../rule.ts'

const shell = /^(?:\/usr)?(?:\/bin\/)?(?:sh|ash|dash|bash)$/
const passesOn = /(?:^|[\s;&|({])(?:exec|trap)\s/
/** What bash waits for; of a list without these it becomes the last program (seen with 5.2). Others don't: dash 0.5.12. */
const waitedFor = /(?<!\|)\|(?!\|)|(?<!&)&(?![&>])|>|\b(?:done|fi|esac)\s*$/

export const shellAsPid1: Rule = {
  id: 'LH024',
  name: 'shell-as-pid-1',
  severity: 'warning',
  wrong: 'A shell is process 1, and does not pass SIGTERM on.',
  why: 'The kernel has no default action for process 1, and a shell that waits for a program hands it no signal: the program hears nothing, and is killed with all of its connections when the grace period is over.',
  source: 'https://man7.org/linux/man-pages/man7/pid_namespaces.7.html',
  fix: 'Begin the last command with exec.',
  examples: {
    bad: `
apiVersion: apps/v1
kind: Deployment
metadata:
  name: chat
spec:
  selector:
    matchLabels: { app: chat }
  template:
    metadata:
      labels: { app: chat }
    spec:
      containers:
        - name: chat
          image: example/chat:1.0
          command: [sh, -c, "./migrate && ./serve"] # <- LH024
`,
    good: `
apiVersion: apps/v1
kind: Deployment
metadata:
  name: chat
spec:
  selector:
    matchLabels: { app: chat }
  template:
    metadata:
      labels: { app: chat }
    spec:
      containers:
        - name: chat
          image: example/chat:1.0
          command: [sh, -c, "./migrate && exec ./serve"]
`,
  },
  *find({ pods }) {
    for (const at of pods) {
      if (runsToCompletion(at.pod) || at.spec.shareProcessNamespace === true) continue
      for (const container of at.spec.containers.filter(losesSignals)) {
        const field = container.command == null ? 'args' : 'command'
        yield {
          at,
          path: [...at.specPath, 'containers', { name: container.name }, field],
          message: `The shell that is process 1 of container ${container.name} passes no SIGTERM on.`,
        }
      }
    }
  },
}

function losesSignals({ command, args }: V1Container): boolean {
  const [program = '', ...rest] = [...(command ?? []), ...(args ?? [])]
  const option = rest.findIndex(each => /^-[a-z]*c$/.test(each))
  const script = option === -1 ? undefined : rest[option + 1]
  if (script === undefined || !shell.test(program) || passesOn.test(script)) return false
  return !program.endsWith('bash') || waitedFor.test(script)
}
