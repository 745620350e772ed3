import { afterEach, expect, test } from 'bun:test'
import { LogValve } from '../testing/log-valve'
import { resume } from '../testing/resume'
import { type SocketServer, startSocketServer } from '../testing/socket-server'

let server: SocketServer

afterEach(() => server.stop())

test('a revocation that this node learns of by itself acts within a second, log or no log', async () => {
  const revokedBefore = new Map<string, number>()
  let valve!: LogValve
  server = await startSocketServer({
    wrapLog: (log) => (valve = new LogValve(log)),
    isRevoked: (subject, issuedAt) => (issuedAt ?? 0) < (revokedBefore.get(subject) ?? 0),
  })
  const mallory = await server.signedIn('mallory')
  await resume(mallory)
  const alice = await server.signedIn('alice')
  await resume(alice)
  valve.fail()
  const now = Math.floor(Date.now() / 1_000)
  revokedBefore.set('alice', now - 60)
  revokedBefore.set('mallory', now + 1)
  expect((await mallory.closed).code).toBe(4401)
  // Whoever signed in again since is not meant.
  expect(server.route.connections()).toBe(1)
  await alice.close()
})
