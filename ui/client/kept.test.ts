import { describe, expect, test } from 'bun:test'
import { Keeper, type KeeperOptions } from './keeper'
import { keptVersions, SeenVersions } from './seen'
import { memoryStorage, webStorage, type ClientStorage } from './storage'
import { anOrder, at } from './testing/orders'
import { createVirtualClock } from './testing/virtual-clock'

const PLACE = { cursor: at(3), last: at(2) }

function aKeeper(storage: ClientStorage, options: Partial<KeeperOptions> = {}) {
  const clock = createVirtualClock()
  const problems: string[] = []
  const keeper = new Keeper({
    storage,
    subject: 'alice',
    keep: { orders: () => ({ items: [anOrder('a')], next: 'page 2' }) },
    clock,
    place: () => PLACE,
    problem: ({ source }) => problems.push(source),
    ...options,
  })
  keeper.open()
  return { keeper, clock, problems }
}

/** Counts writes. */
function countingStorage(): ClientStorage & { writes: number } {
  const storage = memoryStorage()
  return {
    ...storage,
    writes: 0,
    set(key, value) {
      this.writes++
      storage.set(key, value)
    },
  }
}

describe('what is kept', () => {
  test('is state and place in one, for the subject', () => {
    const storage = memoryStorage()
    const { keeper } = aKeeper(storage)
    keeper.changed('orders')
    keeper.flush()
    const { keeper: reloaded } = aKeeper(storage)
    expect(reloaded.restore('orders')).toEqual({
      ...PLACE,
      items: [anOrder('a')],
      next: 'page 2',
    })
    expect(reloaded.restore('admin')).toBeNull()
  })

  test('is dropped for another subject, also what that one does not ask for', () => {
    const storage = memoryStorage()
    const { keeper } = aKeeper(storage)
    keeper.changed('orders')
    keeper.seen.mark(anOrder('a'))
    keeper.flush()
    const { keeper: bobs } = aKeeper(storage, { subject: 'bob' })
    expect(bobs.restore('orders')).toBeNull()
    const { keeper: again } = aKeeper(storage)
    expect(again.restore('orders')).toBeNull()
    expect(again.seen.version('a')).toBeUndefined()
  })

  test('is written once for a burst', async () => {
    const storage = countingStorage()
    const { keeper, clock } = aKeeper(storage)
    for (let event = 0; event < 100; event++) keeper.changed('orders')
    expect(storage.writes).toBe(0)
    await clock.advance(1_000)
    expect(storage.writes).toBe(1)
    await clock.advance(10_000)
    expect(storage.writes).toBe(1)
  })

  test('is nothing where the place is not known: state without one cannot be resumed', () => {
    const storage = memoryStorage()
    const { keeper } = aKeeper(storage)
    keeper.changed('orders')
    keeper.flush()
    const { keeper: lost } = aKeeper(storage, { place: () => null })
    lost.changed('orders')
    lost.flush()
    expect(lost.restore('orders')).toBeNull()
  })

  test('is dropped where it is not what we wrote', () => {
    for (const text of ['', 'null', '{"subject":"alice"}', '{"subject":"alice","value":{}}']) {
      const storage = memoryStorage()
      storage.set('orderwire.orders', text)
      expect(aKeeper(storage).keeper.restore('orders')).toBeNull()
      expect(storage.get('orderwire.orders')).toBeNull()
    }
  })

  test('of a storage that fails is told, and that is all', () => {
    const { keeper, problems } = aKeeper(
      webStorage(() => {
        throw new Error('SecurityError')
      }),
    )
    keeper.changed('orders')
    keeper.flush()
    expect(problems.length).toBeGreaterThan(0)
    expect(new Set(problems)).toEqual(new Set(['storage']))
  })

  test('makes room where the storage is full', () => {
    const storage = memoryStorage()
    storage.set('orderwire.orders', 'what was there before')
    const full: ClientStorage = {
      ...storage,
      set: () => {
        throw new Error('QuotaExceededError')
      },
    }
    const { keeper } = aKeeper(full)
    keeper.changed('orders')
    keeper.flush()
    expect(storage.get('orderwire.orders')).toBeNull()
  })

  test('can be forgotten', () => {
    const storage = memoryStorage()
    const { keeper } = aKeeper(storage)
    keeper.changed('orders')
    keeper.seen.mark(anOrder('a'))
    keeper.flush()
    keeper.forget()
    expect(['orders', 'admin', 'seen'].map((name) => storage.get(`orderwire.${name}`))).toEqual([
      null,
      null,
      null,
    ])
    expect(keeper.seen.version('a')).toBeUndefined()
  })
})

describe('what was forgotten', () => {
  test('stays so, whatever comes in afterwards', () => {
    const storage = memoryStorage()
    const { keeper } = aKeeper(storage)
    keeper.forget()
    keeper.seen.mark(anOrder('a'))
    keeper.changed('orders')
    keeper.flush()
    expect(['orders', 'seen'].map((name) => storage.get(`orderwire.${name}`))).toEqual([null, null])
  })
})

describe('seen versions', () => {
  test('tell new, risen and known apart', () => {
    const seen = new SeenVersions(() => {})
    expect(seen.mark(anOrder('a', 2))).toBe('new')
    expect(seen.mark(anOrder('a', 2))).toBe('known')
    expect(seen.mark(anOrder('a', 1))).toBe('known')
    expect(seen.version('a')).toBe(2)
    expect(seen.mark(anOrder('a', 3))).toBe('risen')
    expect(seen.version('a')).toBe(3)
  })

  test('forget the order that was marked longest ago', () => {
    const seen = new SeenVersions(() => {}, 2)
    for (const id of ['a', 'b', 'a', 'c']) seen.mark(anOrder(id))
    expect(['a', 'b', 'c'].map((id) => seen.version(id))).toEqual([1, undefined, 1])
  })

  test('of two tabs are put together', () => {
    const record = keptVersions(memoryStorage(), 'alice')
    const [one, two] = [new SeenVersions(() => {}), new SeenVersions(() => {})]
    one.mark(anOrder('a', 3))
    two.mark(anOrder('a', 2))
    two.mark(anOrder('b', 1))
    one.flush(record)
    two.flush(record)
    const next = new SeenVersions(() => {})
    next.restore(record)
    expect([next.version('a'), next.version('b')]).toEqual([3, 1])
  })
})
