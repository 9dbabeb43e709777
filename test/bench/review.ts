/** The request of the benches: a pod of about 6 KB as a cluster's API server would send it. */

const variables = Array.from({ length: 40 }, (_, index) => ({
  name: `SERVICE_${index}_ADDRESS`,
  value: `service-${index}.production.svc.cluster.local:50051`,
}))

const probe = (path: string) => ({
  httpGet: { path, port: 'http', scheme: 'HTTP' },
  initialDelaySeconds: 10,
  periodSeconds: 10,
  timeoutSeconds: 1,
  successThreshold: 1,
  failureThreshold: 3,
})

/** Of about 5 KB. */
export const container = {
  name: 'server',
  image: 'registry.example/shop/frontend:v0.10.6',
  ports: [{ name: 'http', containerPort: 8080, protocol: 'TCP' }],
  env: variables,
  resources: { requests: { cpu: '100m', memory: '64Mi' }, limits: { cpu: '200m', memory: '128Mi' } },
  livenessProbe: probe('/live'),
  readinessProbe: probe('/ready'),
  volumeMounts: [
    { name: 'token', readOnly: true, mountPath: '/var/run/secrets/kubernetes.io/serviceaccount' },
  ],
  terminationMessagePath: '/dev/termination-log',
  terminationMessagePolicy: 'File',
  imagePullPolicy: 'IfNotPresent',
  securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] }, runAsNonRoot: true },
}

const pod = {
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: {
    generateName: 'frontend-7d4b9c6f5-',
    labels: { app: 'frontend', 'pod-template-hash': '7d4b9c6f5' },
    annotations: { 'longhaul.dev/inject': 'true' },
    ownerReferences: [
      {
        apiVersion: 'apps/v1',
        kind: 'ReplicaSet',
        name: 'frontend-7d4b9c6f5',
        uid: '0b6c',
        controller: true,
      },
    ],
  },
  spec: {
    volumes: [{ name: 'token', projected: { sources: [{ serviceAccountToken: { path: 'token' } }] } }],
    containers: [container],
    restartPolicy: 'Always',
    terminationGracePeriodSeconds: 30,
    dnsPolicy: 'ClusterFirst',
    serviceAccountName: 'frontend',
    securityContext: { runAsUser: 1000, fsGroup: 1000 },
    schedulerName: 'default-scheduler',
    tolerations: [
      {
        key: 'node.kubernetes.io/not-ready',
        operator: 'Exists',
        effect: 'NoExecute',
        tolerationSeconds: 300,
      },
    ],
  },
}

/** The body: it gets keepalive, a preStop hook and a longer grace period. */
export const reviewBody = JSON.stringify({
  apiVersion: 'admission.k8s.io/v1',
  kind: 'AdmissionReview',
  request: {
    uid: '705ab4f5-6393-11e8-b7cc-42010a800002',
    kind: { group: '', version: 'v1', kind: 'Pod' },
    resource: { group: '', version: 'v1', resource: 'pods' },
    namespace: 'production',
    operation: 'CREATE',
    userInfo: {
      username: 'system:serviceaccount:kube-system:replicaset-controller',
      groups: ['system:serviceaccounts'],
    },
    object: pod,
    oldObject: null,
    dryRun: false,
    options: { kind: 'CreateOptions', apiVersion: 'meta.k8s.io/v1' },
  },
})
