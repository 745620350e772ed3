import { expect, test } from 'bun:test'
import { createAllowedMethods } from './allowed-methods'

const allowed = createAllowedMethods([
  { method: 'GET', path: '/api/orders' },
  { method: 'POST', path: '/api/orders' },
  { method: 'GET', path: '/api/orders/:id' },
  { method: 'POST', path: '/api/orders/:id/cancel' },
  { method: 'GET', path: '/files/*' },
  { method: 'GET', path: '/a.b' },
  { method: 'OPTIONS', path: '/*' },
  { method: 'WS', path: '/ws' },
])

test.each<[string, string[]]>([
  ['/api/orders', ['GET', 'HEAD', 'POST']],
  ['/api/orders/', ['GET', 'HEAD', 'POST']],
  ['/api/orders/1', ['GET', 'HEAD']],
  ['/api/orders/1/cancel', ['POST']],
  ['/api/orders/1/2/cancel', []],
  ['/api', []],
  ['/files/a/b', ['GET', 'HEAD']],
  ['/a.b', ['GET', 'HEAD']],
  ['/axb', []],
  ['/ws', []],
  ['/nothing', []],
])('%s takes %j', (path, methods) => {
  expect(allowed(path)).toEqual(methods)
})
