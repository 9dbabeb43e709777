import type { Need, System } from './system.ts'

const curl: Need[] = [{ program: 'curl', package: 'curl' }]
/** With its compiler: the client is run from its source. */
const java: Need[] = [{ program: 'javac', package: 'openjdk-17-jdk-headless' }]

export const http: System = {
  name: 'HTTP',
  manifest: 'http.yaml',
  server: 'web',
  needs: [],
  clients: [
    { workload: 'java-url-connection', label: 'JVM, HttpURLConnection', needs: java },
    { workload: 'java-http-client', label: 'JVM, HttpClient', needs: java },
    {
      workload: 'python',
      label: 'Python, http.client',
      needs: [{ program: 'python3', package: 'python3' }],
    },
    { workload: 'curl', label: 'curl --no-keepalive', needs: curl },
    { workload: 'curl-own-keepalive', label: 'curl, keepalive 60 s', needs: curl },
  ],
}
