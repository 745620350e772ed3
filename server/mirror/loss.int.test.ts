import { describe, expect, setDefaultTimeout, test } from 'bun:test'
import { copyFileSync } from 'node:fs'
import { join } from 'node:path'
import type { AppError } from '../errors'
import type { LogEntry } from '../event-log/event-log'
import {
  isEvent,
  namesOf,
  openScene,
  ordersNamed,
  RETENTION_MS,
  until,
  type Scene,
} from './testing/scene'

setDefaultTimeout(60_000)

/** What the story of one partition's events is: each event's order, and gaps. */
function storyOf(entries: readonly LogEntry[]): string[] {
  return entries.flatMap((entry) => {
    if (entry.kind === 'gap') return [`gap ${entry.note.replace(/-[\da-f]{8}-[\da-f]{4}-/, '/')}`]
    return isEvent(entry) ? [(JSON.parse(entry.event.data) as { orderId: string }).orderId] : []
  })
}

async function openTag({ entries }: Scene): Promise<string | undefined> {
  return (await entries()).find(({ kind }) => kind === 'open')?.tag
}

describe('a Redis that forgot', () => {
  test('everything, while nothing happens: refilled without loss or repetition', async () => {
    await using scene = await openScene()
    const mirror = scene.mirror()
    const orders = [...ordersNamed('a', 60), ...ordersNamed('a', 60, 2)]
    await scene.produce(orders)
    await scene.untilLogged(120)
    const before = await openTag(scene)
    await scene.command('FLUSHALL')
    await until(async () => ![undefined, before].includes(await openTag(scene)), 'another log')
    const logged = await scene.logged()
    expect(logged.toSorted()).toEqual(namesOf(orders).toSorted())
    expect(mirror.stats()).toMatchObject({ gaps: 0 })
  })

  test('everything, in the middle of much: nobody reads it before all is back', async () => {
    await using scene = await openScene()
    scene.mirror()
    scene.mirror()
    const all: string[] = []
    const produce = async (prefix: string) => {
      const orders = ordersNamed(prefix, 400)
      all.push(...namesOf(orders))
      await scene.produce(orders)
    }
    await produce('first')
    await scene.untilLogged(400)
    // So much is certainly in the topics when the log forgets: whoever can read has all of it.
    let least = 0
    const readings: Promise<void>[] = []
    const read = async () => {
      const floor = least
      try {
        const entries = await scene.log.newest(1_000_000, 1e9)
        const count = entries.filter(isEvent).length
        if (least === floor) expect(count).toBeGreaterThanOrEqual(floor)
      } catch (error) {
        expect((error as AppError).code).toBe('refilling')
      }
    }
    for (let round = 0; round < 2; round += 1) {
      await produce(`round${round}`)
      least = all.length
      await scene.command('FLUSHALL')
      while (readings.push(read()) % 8 !== 0) await produce(`round${round}-${readings.length}`)
    }
    await Promise.all(readings)
    const logged = await scene.untilLogged(all.length)
    expect(logged.toSorted()).toEqual(all.toSorted())
  })

  test('only what is older than the retention stays forgotten', async () => {
    await using scene = await openScene({ partitions: 1 })
    const now = Date.now()
    await scene.produce(ordersNamed('old', 3), { timestamp: now - RETENTION_MS - 60_000 })
    await scene.produce(ordersNamed('old', 3, 2), { timestamp: now - RETENTION_MS - 60_000 })
    await scene.produce(ordersNamed('young', 2), { timestamp: now })
    scene.mirror()
    await scene.untilLogged(2)
    await scene.produce(ordersNamed('new', 2, 2))
    // All of the second topic was too old: it starts behind that, not with it.
    expect((await scene.untilLogged(4)).toSorted()).toEqual([
      'new-0@2',
      'new-1@2',
      'young-0@1',
      'young-1@1',
    ])
  })

  test('its newest entries: read again from where it is', async () => {
    await using scene = await openScene({ redis: { appendonly: false } })
    const mirror = scene.mirror()
    await scene.produce(ordersNamed('a', 50))
    await scene.untilLogged(50)
    await scene.command('SAVE')
    const dump = join(scene.redis.folder, 'dump.rdb')
    copyFileSync(dump, `${dump}.kept`)
    await scene.produce(ordersNamed('b', 50))
    await scene.untilLogged(100)
    const before = await scene.entries()
    await scene.redis.kill()
    copyFileSync(`${dump}.kept`, dump)
    await scene.redis.restart()
    await until(() => mirror.stats().rewinds > 0, 'the rewind')
    await scene.untilLogged(100)
    await scene.produce(ordersNamed('c', 10))
    const logged = await scene.untilLogged(110)
    expect(logged.length).toBe(110)
    expect(new Set(logged).size).toBe(110)
    expect(logged.slice(0, 50)).toEqual(
      before
        .filter(isEvent)
        .slice(0, 50)
        .map(({ event }) => `${(JSON.parse(event.data) as { orderId: string }).orderId}@1`),
    )
    expect(mirror.stats().gaps).toBe(0)
  })
})

/** As retention does: records before `offset` are gone. */
async function trim({ kafka, topics: { created: topic } }: Scene, offset: number): Promise<void> {
  await kafka.admin(async (admin) => {
    // Its client asks for leaders only of topics that it came across.
    await admin.fetchTopicOffsets(topic)
    await admin.deleteTopicRecords({
      topic,
      partitions: [{ partition: 0, offset: String(offset) }],
    })
  })
}

describe('a topic that changed', () => {
  /** Another topic by the same name, with so many other records. */
  async function recreate(scene: Scene, count: number): Promise<void> {
    await scene.recreate('created')
    await scene.produce(ordersNamed('new', count))
  }

  test.each([
    ['shorter', 3],
    ['longer', 30],
  ])('and is %s now: a gap, then what it holds', async (_what, count) => {
    await using scene = await openScene({ partitions: 1 })
    const mirror = scene.mirror()
    await scene.produce(ordersNamed('a', 10))
    await scene.untilLogged(10)
    await recreate(scene, count)
    await scene.untilLogged(10 + count)
    await scene.produce(ordersNamed('later', 2))
    await scene.untilLogged(12 + count)
    const story = storyOf(await scene.entries())
    expect(story).toEqual([
      ...ordersNamed('a', 10).map(({ orderId }) => orderId),
      expect.stringMatching(/^gap order.created/),
      ...ordersNamed('new', count).map(({ orderId }) => orderId),
      ...ordersNamed('later', 2).map(({ orderId }) => orderId),
    ])
    expect(mirror.stats().gaps).toBe(1)
    expect(scene.lines.some((line) => line.includes('lost for good'))).toBe(true)
  })

  test('while no mirror ran, at the very offsets', async () => {
    await using scene = await openScene({ partitions: 1 })
    const first = scene.mirror()
    await scene.produce(ordersNamed('a', 10))
    await scene.untilLogged(10)
    await first.stop()
    await recreate(scene, 10)
    scene.mirror()
    await scene.untilLogged(20)
    const story = storyOf(await scene.entries())
    expect(story.slice(10, 12)).toEqual([expect.stringMatching(/^gap/), 'new-0'])
    expect(story.length).toBe(21)
  })

  test('and lost what was not read yet: a gap, then the rest', async () => {
    await using scene = await openScene({ partitions: 1 })
    const first = scene.mirror()
    await scene.produce(ordersNamed('a', 10))
    await scene.untilLogged(10)
    await first.stop()
    await scene.produce(ordersNamed('b', 10))
    await trim(scene, 15)
    const second = scene.mirror()
    await scene.untilLogged(15)
    const story = storyOf(await scene.entries())
    expect(story.slice(9)).toEqual([
      'a-9',
      expect.stringMatching(/^gap/),
      'b-5',
      'b-6',
      'b-7',
      'b-8',
      'b-9',
    ])
    expect(second.stats().gaps).toBe(1)
  })

  test('and lost only what was read: no gap', async () => {
    await using scene = await openScene({ partitions: 1 })
    const mirror = scene.mirror()
    await scene.produce(ordersNamed('a', 10))
    await scene.untilLogged(10)
    await trim(scene, 10)
    await mirror.stop()
    scene.mirror()
    await scene.produce(ordersNamed('b', 3))
    await scene.untilLogged(13)
    expect(storyOf(await scene.entries()).filter((one) => one.startsWith('gap'))).toEqual([])
  })

  test('and has more partitions now: they are read too', async () => {
    await using scene = await openScene({ partitions: 1 })
    scene.mirror()
    await scene.produce(ordersNamed('a', 5))
    await scene.untilLogged(5)
    const { created: topic } = scene.topics
    await scene.kafka.admin((admin) =>
      admin.createPartitions({ topicPartitions: [{ topic, count: 3 }] }),
    )
    await until(async () => (await scene.kafka.spans([topic])).size === 3, 'the partitions')
    await scene.produce(ordersNamed('b', 50))
    const logged = await scene.untilLogged(55)
    expect(new Set(logged).size).toBe(55)
    expect(logged.length).toBe(55)
  })
})
