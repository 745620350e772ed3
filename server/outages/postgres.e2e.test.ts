import { expect, test } from 'bun:test'
import { startPostgresProcess } from '../testing/postgres-process'
import { expectNothingLost } from './testing/check'
import { openScene } from './testing/scene'

test('a Postgres that is killed, restarted in order, and frozen for a while', async () => {
  await using postgres = await startPostgresProcess()
  await using scene = await openScene({ databaseUrl: postgres.url, workers: 2 })
  const { cluster, shoppers, watchers } = scene
  await shoppers.more(40)
  await postgres.kill()
  await postgres.restart()
  await shoppers.more(40)
  await postgres.restart()
  await shoppers.more(40)
  postgres.pause()
  await Bun.sleep(7_000)
  postgres.resume()
  await shoppers.more(40)
  await shoppers.close()
  await expectNothingLost(cluster, shoppers.acknowledged, watchers)
  // Told to come again; or that an attempt whose answer was lost had changed the order already.
  expect(
    [...shoppers.refused.keys()].filter((status) => ![503, 409, 412].includes(status)),
  ).toEqual([])
  for (const { stretches } of watchers) expect(stretches.length).toBe(1)
}, 180_000)
