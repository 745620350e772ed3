import { expect, setDefaultTimeout, test } from 'bun:test'
import { AppError } from '../errors'
import type { SharedLog } from '../event-log/event-log'
import type { ConsumerHandler, Kafka } from '../kafka/kafka'
import { openScene, ordersNamed, QUICK, until } from './testing/scene'

setDefaultTimeout(60_000)

/** A log whose calls wait for `before`, or fail by it. */
function intercepted(
  log: SharedLog,
  before: { state: () => Promise<void>; append: () => Promise<void> },
): SharedLog {
  const state = async () => {
    await before.state()
    return log.state()
  }
  const append: SharedLog['append'] = async (batch) => {
    await before.append()
    return log.append(batch)
  }
  const all: Partial<SharedLog> = { state, append }
  return new Proxy(log, {
    get: (_, name: keyof SharedLog) => all[name] ?? log[name].bind(log),
  })
}

test('records that are deleted as soon as the log has them are no loss', async () => {
  await using scene = await openScene({ partitions: 1 })
  const { kafka, topics } = scene
  let meanwhile = async () => {}
  // What happens while somebody asks what the partitions hold.
  const spans: Kafka['spans'] = async (names) => {
    const work = meanwhile
    meanwhile = async () => {}
    await work()
    return kafka.spans(names)
  }
  const mirror = scene.mirror({ kafka: { ...kafka, spans } })
  await scene.produce(ordersNamed('a', 5))
  await scene.untilLogged(5)
  const purged = Promise.withResolvers<void>()
  meanwhile = async () => {
    await scene.produce(ordersNamed('b', 5))
    await scene.untilLogged(10)
    await kafka.trim(topics.created, 10)
    purged.resolve()
  }
  await purged.promise
  await scene.produce(ordersNamed('c', 5))
  await scene.untilLogged(15)
  await until(
    () => [...mirror.stats().lag.values()].every(({ records }) => records === 0),
    'no lag',
  )
  expect(mirror.stats().gaps).toBe(0)
})

test('a letter that its topic refuses does not have those before it sent again and again', async () => {
  await using scene = await openScene({ partitions: 1 })
  const { kafka, topics } = scene
  const limit = (bytes: string) =>
    kafka.admin((admin) =>
      admin.alterConfigs({
        validateOnly: false,
        resources: [
          {
            type: 2,
            name: topics.deadLetter,
            configEntries: [{ name: 'max.message.bytes', value: bytes }],
          },
        ],
      }),
    )
  await limit('5000')
  scene.mirror()
  await scene.produce(ordersNamed('a', 1))
  await scene.untilLogged(1)
  const texts = ['one', 'two', 'x'.repeat(9_000), 'four']
  const records = texts.map((value) => ({ topic: topics.created, key: null, value }))
  await kafka.producer().send(records)
  const isRefused = (line: string) => line.includes('dead letters cannot be sent')
  await until(() => scene.lines.some(isRefused), 'the refusal')
  // Others flow meanwhile; it is tried again and again.
  for (let count = 2; count < 20; count += 1) {
    await scene.produce(ordersNamed(`b-${count}`, 1, 2))
    await scene.untilLogged(count)
  }
  await limit('1000000')
  await until(async () => (await scene.letters()).length >= 4, 'the letters')
  const offsets = (await scene.letters()).map(({ source }) => source.offset)
  expect(offsets.toSorted((a, b) => a - b)).toEqual([1, 2, 3, 4])
})

test('an answer to a question of before does not place what was placed and lost meanwhile', async () => {
  await using scene = await openScene({ partitions: 1 })
  const { kafka, topics } = scene
  let handler: ConsumerHandler | undefined
  const consume: Kafka['consume'] = (options, given) => {
    handler = given
    return kafka.consume(options, given)
  }
  const pass = async () => {}
  const before = { state: pass, append: pass }
  // Nothing but what happens to records makes it look.
  const pace = { lookEveryMs: 3_600_000, retriesMs: [20], goneAfterMs: 0, stuckAfterMs: 60_000 }
  const log = intercepted(scene.log, before)
  scene.mirror({ kafka: { ...kafka, consume }, log, pace })
  await scene.produce(ordersNamed('a', 5))
  await scene.untilLogged(5)
  await scene.command('FLUSHALL')

  // Asked by a rebalance, and answered late.
  const late = Promise.withResolvers<void>()
  before.state = () => late.promise
  const asked = handler!.assigned([{ topic: topics.created, partition: 0 }])
  before.state = pass
  // The partition finds the log empty by itself, opens it, reads anew, and loses that append.
  const lost = Promise.withResolvers<void>()
  const again = Promise.withResolvers<void>()
  let appends = 0
  before.append = async () => {
    appends += 1
    if (appends !== 2) return
    before.state = () => {
      lost.resolve()
      return again.promise
    }
    throw new AppError('log_unreachable', 503, 'The log is out of reach.', { temporary: true })
  }
  await scene.produce(ordersNamed('b', 1))
  await lost.promise
  before.state = pass
  late.resolve()
  await asked
  again.resolve()
  expect((await scene.untilLogged(6)).length).toBe(6)
})

test('of two questions where to go on, the one since the last rebalance is answered', async () => {
  await using scene = await openScene({ partitions: 1 })
  const { kafka, topics } = scene
  let handler: ConsumerHandler | undefined
  const consume: Kafka['consume'] = (options, given) => {
    handler = given
    return kafka.consume(options, given)
  }
  const pass = async () => {}
  const before = { state: pass, append: pass }
  const log = intercepted(scene.log, before)
  const pace = { ...QUICK, lookEveryMs: 3_600_000 }
  scene.mirror({ kafka: { ...kafka, consume }, log, pace })
  await scene.produce(ordersNamed('a', 5))
  await scene.untilLogged(5)
  const partition = { topic: topics.created, partition: 0 }
  const late = [Promise.withResolvers<void>(), Promise.withResolvers<void>()] as const
  before.state = () => late[0].promise
  const first = handler!.assigned([partition])
  handler!.revoked?.([partition])
  before.state = () => late[1].promise
  const second = handler!.assigned([partition])
  before.state = pass
  late[0].resolve()
  expect((await first).size).toBe(0)
  late[1].resolve()
  expect([...(await second)]).toEqual([[`${topics.created}-0`, 4]])
})
