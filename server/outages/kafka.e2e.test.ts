import { expect, test } from 'bun:test'
import { startKafkaProcess } from '../testing/kafka-process'
import { eventually } from '../testing/socket-server'
import { expectNothingLost } from './testing/check'
import { openScene } from './testing/scene'

/** `OUTAGE_SECONDS=60` keeps Kafka away for the minute that people wait for somebody to notice. */
const AWAY_MS = Number(process.env.OUTAGE_SECONDS ?? 12) * 1_000

test('a Kafka that is killed and started again, and one that stays away while orders are placed', async () => {
  await using kafka = await startKafkaProcess()
  await using scene = await openScene({ broker: kafka.broker, workers: 2, everyMs: 20 })
  const { cluster, shoppers, watchers, urls } = scene
  const [board] = watchers
  await shoppers.more(40)

  await kafka.kill()
  await shoppers.more(40)
  await kafka.restart()
  await shoppers.more(20)

  await kafka.kill()
  const from = performance.now()
  // Sockets stay, orders are accepted, and whoever watches is told how old it is what they see.
  await eventually(() => (board!.ageMs() ?? 0) > AWAY_MS / 2, AWAY_MS + 20_000)
  await shoppers.more(40)
  const ready = await fetch(`${urls()[0]}/health/ready`)
  expect(ready.status).toBe(200)
  expect((await ready.json()) as object).toMatchObject({ status: 'ready', log: { state: 'ok' } })
  await Bun.sleep(Math.max(0, AWAY_MS - (performance.now() - from)))
  await kafka.restart()
  await shoppers.more(20)
  await shoppers.close()

  await expectNothingLost(cluster, shoppers.acknowledged, watchers, { deadlineMs: 90_000 })
  await eventually(() => (board!.ageMs() ?? Infinity) < 6_000, 20_000)
  expect([...shoppers.refused.keys()]).toEqual([])
  for (const { stretches } of watchers) expect(stretches.length).toBe(1)
}, 240_000)
