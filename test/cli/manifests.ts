/** Manifests to preview. */

/** A Deployment that asks for Longhaul, with more annotations where they are given. */
export function deployment(
  name: string,
  annotations: readonly string[] = ['longhaul.dev/profile: websocket'],
): string {
  return `apiVersion: apps/v1
kind: Deployment
metadata:
  name: ${name}
spec:
  replicas: 2 # two, for the demo
  template:
    metadata:
      labels: { app: ${name} }
${annotations.length === 0 ? '' : `      annotations:\n${annotations.map(each => `        ${each}\n`).join('')}`}    spec:
      containers:
        - name: app
          image: example/${name}:1.0
          ports:
            - containerPort: 8080
`
}

/** A Service, which Longhaul has no business with, in a style that no printer would give it. */
export function service(name: string): string {
  return `apiVersion:   v1      # kept as it is
kind: Service
metadata: {name: "${name}",   labels: {a: 'b'}}

spec:
    ports:
    -   port: 80
        targetPort:   8080
`
}
