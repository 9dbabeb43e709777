import { describe, expect, it } from 'vitest'
import { type Key, keys, settingOf, settings } from '../../src/policy/settings.ts'

const labelValue = /^([A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?)?$/

describe('the table', () => {
  it.each(keys)('%s has an example or a default that it takes itself', key => {
    const { type, default: standard, example } = settingOf(key)
    const text = standard ?? example ?? ''
    const parsed = type.parse(text, '')
    expect(parsed).toHaveProperty('value')
    if ('value' in parsed) expect(type.parse(type.format(parsed.value), '')).toEqual(parsed)
  })

  it.each(keys.filter(key => settingOf(key).places.includes('label')))(
    '%s can be written as a label',
    key => {
      const { default: standard, example } = settingOf(key)
      expect(standard ?? example).toMatch(labelValue)
    },
  )
})

it.each(keys)('what %s needs are a setting and values of it', key => {
  for (const { key: needed, not } of settingOf(key).needs ?? []) {
    expect(keys).toContain(needed)
    for (const word of not) {
      expect(settings[needed as Key].type.parse(word, '')).toEqual({ value: word })
    }
  }
})

describe('parsing', () => {
  it.each<[Key, string, unknown]>([
    ['inject', 'enabled', 'true'],
    ['inject', 'disabled', 'false'],
    ['containers', 'app, worker', ['app', 'worker']],
    ['keepalive', 'both', 'both'],
    ['keepalive-idle', '1', 1000],
    ['keepalive-idle', '32767s', 32_767_000],
    ['keepalive-idle', '1.5s', 1500],
    ['keepalive-idle', '0.5s', 500],
    ['keepalive-idle', '32766.5s', 32_766_500],
    ['keepalive-probes', '127', 127],
    ['user-timeout', 'auto', 'auto'],
    ['user-timeout', '1500ms', 1500],
    ['user-timeout', '0', 'off'],
    ['pre-stop-sleep', '0s', 'off'],
    ['drain-timeout', '15m', 900_000],
    ['grace-period', 'off', 'off'],
    ['drain-hangup', '30s', 30_000],
    ['drain-hangup', '0', 'off'],
    ['drain-ports', 'auto', 'auto'],
    ['drain-ports', ' http, 8443', ['http', 8443]],
    ['readiness-port', 'http-admin', 'http-admin'],
    ['readiness-port', '65535', 65_535],
    ['readiness-path', '/healthz?full=1', '/healthz?full=1'],
  ])('%s: %s', (key, text, value) => {
    expect(settingOf(key).type.parse(text, '')).toEqual({ value })
  })

  it.each<[Key, string, string, string]>([
    ['inject', 'ture', 'is not one of true, false, audit, enabled, disabled', 'write true'],
    ['keepalive', 'sysctls', 'is not one of preload, sysctl, both, node, off', 'write sysctl'],
    ['keepalive', '???', 'is not one of preload, sysctl, both, node, off', 'choose one of these'],
    ['inject', 'no', 'is not one of true, false, audit, enabled, disabled', 'choose one of these'],
    ['drain-timeout', 'on', 'is not a duration or off', 'write one such as 30s'],
    ['drain-timeout', '5 min', 'is not a duration or off', 'write 5m'],
    ['drain-timeout', '90M', 'is not a duration or off', 'write 90m'],
    ['keepalive-idle', '60x', 'is not a duration', 'write 60s'],
    ['keepalive-idle', 'soon', 'is not a duration', 'write one such as 60s'],
    ['keepalive-idle', '0', 'is not between 1s and 32767s', 'write 1s'],
    ['keepalive-idle', '10h', 'is not between 1s and 32767s', 'write 32767s'],
    ['keepalive-idle', '32767.5s', 'is not between 1s and 32767s', 'write 32767s'],
    ['keepalive-interval', '1500 ms', 'is not a duration', 'write 2s'],
    ['keepalive-interval', '10 h', 'is not a duration', 'write 32767s'],
    ['keepalive-interval', '1500ms', 'is finer than whole seconds', 'write 2s'],
    ['keepalive-probes', '10.5', 'is not a whole number', 'write one such as 3'],
    ['keepalive-probes', '1e1', 'is not a whole number', 'write one such as 3'],
    ['keepalive-probes', ' ５ ', 'is not a whole number', 'write 5'],
    ['keepalive-probes', '0', 'is not between 1 and 127', 'write 1'],
    ['keepalive-probes', '128', 'is not between 1 and 127', 'write 127'],
    ['pre-stop-sleep', 'of', 'is not a duration or off', 'write off'],
    ['drain-timeout', '25h', 'is not between 1ms and 24h', 'write 24h'],
    ['user-timeout', '20d', 'is not a duration or auto or off', 'write 480h'],
    ['user-timeout', '30d', 'is not a duration or auto or off', 'write 596h31m23.647s'],
    [
      'drain-ports',
      'http;8443',
      'is not a list of ports',
      'write numbers or names with commas between, such as http,8443',
    ],
    ['drain-ports', Array(65).fill('80').join(), 'has more than 64 ports', 'write fewer, or auto'],
    ['readiness-port', '0', 'is not a port', 'write 1 to 65535'],
    ['readiness-port', 'not a port', 'is no port or port name', 'write a number or a name such as http'],
    ['readiness-path', 'healthz', 'is not a path', 'write it with a slash first, such as /healthz'],
    [
      'containers',
      'app;worker',
      'is not a list of container names',
      'write names with commas between, such as app,worker',
    ],
    ['profile', 'a/b', 'is not a valid name', 'use up to 63 letters, digits, dashes, dots'],
  ])('%s: %s %s', (key, text, rule, fix) => {
    const { default: standard, example } = settingOf(key)
    expect(settings[key].type.parse(text, example ?? standard ?? '')).toEqual({ rule, fix })
  })
})

describe('what a mistyped duration was meant to be', () => {
  it.each([
    ['1 h', '1h'],
    ['90sec', '90s'],
    ['90 Seconds', '90s'],
    ['５s', '5s'],
    [' 60 ', '60s'],
    ['1h30', '1h30m'],
    ['1m30', '1m30s'],
    ['1 hour 30 min', '1h30m'],
    ['0.5d', '12h'],
    ['60x', '60s'],
    ['1.5 ms', '2ms'],
    ['250msec', '250ms'],
    ['of', 'off'],
  ])('%j is told to be %s', (text, meant) => {
    expect(settings['drain-timeout'].type.parse(text, '30s')).toEqual({
      rule: 'is not a duration or off',
      fix: `write ${meant}`,
    })
  })

  it.each([
    '500us',
    '1:30',
    '1e3',
    '5.5.5s',
    '-5s',
    '1,5s',
    '5y',
    '1s30',
    '30m1h',
    '1s1s',
    '0x10',
    's',
    '5.',
    '',
  ])('of %j that is not guessed', text => {
    expect(settings['drain-timeout'].type.parse(text, '30s')).toEqual({
      rule: 'is not a duration or off',
      fix: 'write one such as 30s',
    })
  })
})

describe('names of members that every object has', () => {
  const members = Object.getOwnPropertyNames(Object.prototype)

  it.each(keys.filter(key => !['profile', 'containers', 'drain-ports', 'readiness-port'].includes(key)))(
    'are no values of %s',
    key => {
      for (const member of members)
        expect(settingOf(key).type.parse(member, ''), member).toHaveProperty('rule')
    },
  )
})
