/** How people write the other end of connections. */

import { expect, it } from 'vitest'
import { endpointText } from '../../src/fleet/endpoint.ts'
import { isLoopback, readPeer, readPeerParts } from '../../src/fleet/peer-choice.ts'

it.each([
  ['10.0.0.7', '10.0.0.7', '0'],
  ['10.0.0.7:6379', '10.0.0.7', '6379'],
  ['10.0.0.0/8:80-90', '10.0.0.0/8', '80-90'],
  ['2001:db8::1', '2001:db8::1', '0'],
  ['2001:db8::/32', '2001:db8::/32', '0'],
  ['[2001:db8::1]', '2001:db8::1', '0'],
  ['[2001:db8::1]:6379', '2001:db8::1', '6379'],
  ['[2001:db8::]/32:80-90', '2001:db8::/32', '80-90'],
  ['::ffff:10.0.0.7', '::ffff:10.0.0.7', '0'],
  ['0.0.0.0/0:0', '0.0.0.0/0', '0'],
])('reads %s', (written, address, ports) => {
  expect(readPeer(written)).toEqual({ address, ports })
})

it.each([
  '',
  'redis',
  '10.0.0',
  '10.0.0.300',
  '10.0.0.7/33',
  '10.0.0.7/',
  '2001:db8::/129',
  '[10.0.0.7',
  'fe80::1%eth0',
])('refuses %j, which is no address', written => {
  expect(() => readPeer(written)).toThrow('is not an address such as 10.0.0.7')
})

it.each(['', 'redis', '65536', '90-80', '80-', '-80', '8 0', '80-90-95'])('refuses the port %j', ports => {
  expect(() => readPeerParts('10.0.0.7', ports)).toThrow('is not a port such as 80')
})

it.each([
  ['10.0.0.7', '10.0.0.7:80'],
  ['2001:db8::1', '[2001:db8::1]:80'],
])('writes the endpoint of %s', (address, text) => {
  expect(endpointText(address, 80)).toBe(text)
})

it.each([
  ['127.0.0.1', true],
  ['127.8.0.1', true],
  ['::1', true],
  ['10.0.0.1', false],
  ['2001:db8::1', false],
])('knows whether %s is loopback: %s', (address, is) => {
  expect(isLoopback(address)).toBe(is)
})
