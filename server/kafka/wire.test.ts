import { expect, test } from 'bun:test'
import { version } from 'kafkajs/package.json'
import { createLogger } from '../lib/logger'
import { KAFKA_LIMITS } from './limits'
import { createWire } from './wire'

test('kafkajs is the one that was looked into', () => {
  // wire.ts and membership.ts use what kafkajs shows to partition assigners, and fetch-answer.ts how it
  // decodes an answer, beyond its types.
  expect(version).toBe('2.2.4')
})

test('nothing is connected before it is asked for, and no timer or warning is left behind', async () => {
  const program = `
    import { createWire } from './server/kafka/wire'
    import { KAFKA_LIMITS } from './server/kafka/limits'
    import { createLogger } from './server/lib/logger'
    const settings = { brokers: ['127.0.0.1:1'], clientId: 'test', tls: null, sasl: null, partitions: 1, replicationFactor: 1 }
    const wire = createWire(settings, KAFKA_LIMITS, createLogger('silent'))
    await wire.cluster.connect().catch(() => console.log('refused'))
    wire.end()`
  const child = Bun.spawn([process.execPath, '-e', program], { stdio: ['ignore', 'pipe', 'pipe'] })
  const [out, errors] = await Promise.all([
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
  ])
  expect([out, errors, await child.exited]).toEqual(['refused\n', '', 0])
}, 20_000)

test('a cluster is there without a connection', () => {
  const settings = {
    brokers: ['127.0.0.1:1'],
    clientId: 'test',
    tls: null,
    sasl: null,
    partitions: 1,
    replicationFactor: 1,
  }
  const { cluster, assigner } = createWire(settings, KAFKA_LIMITS, createLogger('silent'))
  expect(cluster.isConnected()).toBe(false)
  expect(assigner.name).toBe('RoundRobinAssigner')
})
