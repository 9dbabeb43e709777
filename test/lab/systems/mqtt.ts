import type { System } from './system.ts'

export const mqtt: System = {
  name: 'MQTT',
  manifest: 'mqtt.yaml',
  server: 'mosquitto',
  needs: [{ program: 'mosquitto', package: 'mosquitto' }],
  clients: [
    { workload: 'subscriber', label: 'subscriber, keepalive 0' },
    { workload: 'subscriber-own-keepalive', label: 'subscriber, keepalive 60 s' },
  ],
}
