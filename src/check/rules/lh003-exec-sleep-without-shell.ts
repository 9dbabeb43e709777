import { placedContainers } from '../pod-end.ts'
import type { Rule } from '../rule.ts'

const shellTool = /^(?:\/(?:usr\/)?bin\/)?(?:sleep|sh|bash|ash|dash)$/
/** Chainguard's have a shell in their -dev variants, distroless ones in those for debugging. */
const withoutShell = /distroless|^cgr\.dev\/chainguard\//
const withShell = /[:-](?:debug|dev)\b|busybox/

export const execSleepWithoutShell: Rule = {
  id: 'LH003',
  name: 'exec-sleep-without-shell',
  severity: 'warning',
  wrong: 'The preStop hook runs a program that the image does not seem to have.',
  why: 'Distroless images have neither a shell nor sleep. A hook that fails is over at once: SIGTERM comes without the delay.',
  source: 'https://github.com/GoogleContainerTools/distroless#debug-images',
  fix: 'Use the sleep action of preStop (Kubernetes 1.30 and later).',
  setting: { key: 'pre-stop-sleep', value: '10s' },
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
          image: gcr.io/distroless/java21-debian12
          lifecycle:
            preStop:
              exec: # <- LH003
                command: [sleep, "10"]
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
          image: gcr.io/distroless/java21-debian12
          lifecycle:
            preStop:
              sleep: { seconds: 10 }
`,
  },
  *find({ pods }) {
    for (const at of pods) {
      for (const { container, path } of placedContainers(at)) {
        const program = container.lifecycle?.preStop?.exec?.command?.[0]
        if (program === undefined || !shellTool.test(program) || !hasNoShell(container.image)) continue
        yield {
          at,
          path: [...path, 'lifecycle', 'preStop', 'exec'],
          message: `The preStop hook of container ${container.name} runs ${program}, which the image ${container.image} does not seem to have.`,
        }
      }
    }
  },
}

function hasNoShell(image = ''): boolean {
  return withoutShell.test(image) && !withShell.test(image)
}
