/** The profiles that ship with Longhaul; a configuration file adds to them or replaces them by name. */

export const shippedProfiles = {
  client: { keepalive: 'preload', 'pre-stop-sleep': 'off', 'grace-period': 'off' },
  http: { keepalive: 'preload', 'pre-stop-sleep': '10s', readiness: 'auto' },
  websocket: {
    keepalive: 'preload',
    'keepalive-idle': '30s',
    'pre-stop-sleep': '10s',
    'drain-timeout': '5m',
    readiness: 'auto',
  },
  'slow-http': {
    keepalive: 'preload',
    'pre-stop-sleep': '10s',
    'drain-timeout': '15m',
    'drain-hangup': '30s',
    readiness: 'auto',
  },
  messaging: {
    keepalive: 'preload',
    'keepalive-idle': '15s',
    'keepalive-interval': '5s',
    'keepalive-probes': '3',
  },
} as const satisfies Record<string, Record<string, string>>
