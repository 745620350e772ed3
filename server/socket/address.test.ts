import { expect, test } from 'bun:test'
import { createAddressOf } from './address'

function request(forwarded?: string): Request {
  return new Request('http://localhost/ws', {
    headers: forwarded === undefined ? {} : { 'x-forwarded-for': forwarded },
  })
}

test('the word of a stranger on where a request comes from is worth nothing', () => {
  const addressOf = createAddressOf([])
  expect(addressOf(request('1.2.3.4'), '203.0.113.9')).toBe('203.0.113.9')
})

test('behind trusted proxies it is the nearest address that is none of them', () => {
  const addressOf = createAddressOf(['10.0.0.0/8', '192.168.1.1', 'fd00::/8'])
  expect(addressOf(request('6.6.6.6, 203.0.113.9, 10.1.2.3'), '192.168.1.1')).toBe('203.0.113.9')
  expect(addressOf(request('203.0.113.9'), '::ffff:10.9.9.9')).toBe('203.0.113.9')
  expect(addressOf(request('203.0.113.9'), 'fd00::1')).toBe('203.0.113.9')
  expect(addressOf(request(), '10.9.9.9')).toBe('10.9.9.9')
  expect(addressOf(request('203.0.113.9'), '11.9.9.9')).toBe('11.9.9.9')
})

test('of IPv6 the network counts, for one client has all of it', () => {
  const addressOf = createAddressOf([])
  for (const peer of ['2001:db8:1:2::1', '2001:db8:1:2:3:4:5:6', '2001:db8:1:2:ffff::']) {
    expect(addressOf(request(), peer)).toBe('2001:db8:1:2::/64')
  }
  expect(addressOf(request(), '::1')).toBe('0:0:0:0::/64')
  expect(addressOf(request(), '2001:db8::5')).toBe('2001:db8:0:0::/64')
})
