import { onCleanup } from 'solid-js'
import type { ChannelName } from '../../../server/protocol/frames'
import { systemClock, type Clock } from '../../client'
import { kept, type KeptStorage } from './kept'

/** An order as it was at one version. */
export interface Versioned {
  readonly orderId: string
  readonly version: number
}

/**
 * Up to which version of each order the reader was told, in whatever tab of the browser and across
 * reloads: nobody is told the same twice, and nothing is lost that came while nobody looked.
 */
export interface Told {
  /** Up to which version an order was told: 0 for one that never was. */
  readonly upTo: (orderId: string) => number
  /** It is told here now, without asking others; or it was there before there was anything to tell. */
  readonly record: (told: Versioned) => void
  /** The orders have gone back to these versions: what is told of them begins again there. */
  readonly goBack: (to: readonly Versioned[]) => void
  /** The page may be gone in a moment: what was told here is written now. */
  readonly flush: () => void
  /**
   * Takes it upon this tab to tell of these orders. Resolves to what was told of each before; what
   * is newer no other tab tells any more. Never rejects: where it cannot be known it is nothing, for
   * told twice is better than not at all.
   */
  readonly claim: (news: readonly Versioned[]) => Promise<ReadonlyMap<string, number>>
}

type Versions = Readonly<Record<string, number>>
type Locks = Pick<LockManager, 'request' | 'query'>

/** Orders; beyond it the one that was told longest ago is forgotten. */
export const TOLD_REMEMBERED = 500
/** A burst is one write. */
const WRITE_AFTER_MS = 500
/** By then every tab reads what this one wrote: their copies of the storage come to agree later. */
const HELD_MS = 3_000

/** Under which name is kept what a person was told of; with the session, or longer than it. */
export const toldName = (channel: ChannelName, subject: string) => `told:${channel}:${subject}`

/** Owned. @param locks null where the browser has none: then tabs may tell the same once each */
export function createTold(
  storage: KeptStorage,
  name: string,
  locks: Locks | null,
  clock: Clock = systemClock,
): Told {
  const memory = kept(storage, name, isVersions)
  const lockName = `orderwire:${encodeURIComponent(name)}`
  /** Told here, and not written yet. */
  let fresh = new Map<string, number>()
  let cancelWrite: (() => void) | null = null
  let ended = false

  const upTo = (orderId: string) => Math.max(fresh.get(orderId) ?? 0, memory.read()?.[orderId] ?? 0)

  function write(): void {
    cancelWrite?.()
    cancelWrite = null
    if (fresh.size === 0) return
    const all = new Map(Object.entries(memory.read() ?? {}))
    for (const [orderId, version] of fresh) {
      const before = all.get(orderId) ?? 0
      all.delete(orderId)
      all.set(orderId, Math.max(version, before))
    }
    fresh = new Map()
    memory.write(Object.fromEntries([...all].slice(-TOLD_REMEMBERED)))
  }

  function record({ orderId, version }: Versioned): void {
    if (ended || upTo(orderId) >= version) return
    fresh.set(orderId, version)
    cancelWrite ??= clock.after(WRITE_AFTER_MS, write)
  }

  function goBack(to: readonly Versioned[]): void {
    write()
    const all = { ...memory.read() }
    const back = to.filter(({ orderId, version }) => (all[orderId] ?? 0) > version)
    if (ended || back.length === 0) return
    for (const { orderId, version } of back) all[orderId] = version
    memory.write(all)
  }

  /** A lock's name is what every tab sees at once. */
  async function hold(news: readonly Versioned[]): Promise<void> {
    const claimed = Object.fromEntries(
      news.slice(-TOLD_REMEMBERED).map(({ orderId, version }) => [orderId, version]),
    )
    await new Promise<void>((held) => {
      const whileHeld = () =>
        new Promise<void>((letGo) => {
          held()
          clock.after(HELD_MS, letGo)
        })
      const mode = 'shared'
      locks!.request(`${lockName} ${JSON.stringify(claimed)}`, { mode }, whileHeld).catch(held)
    })
  }

  async function heldByTabs(): Promise<readonly Versions[]> {
    const { held = [] } = await locks!.query()
    return held.flatMap((lock) => {
      const [name, claimed] = (lock.name ?? '').split(' ', 2)
      return name === lockName && claimed ? [JSON.parse(claimed) as Versions] : []
    })
  }

  async function take(news: readonly Versioned[]): Promise<ReadonlyMap<string, number>> {
    const known = [...(locks ? await heldByTabs() : []), memory.read() ?? {}]
    const before = new Map(
      news.map(({ orderId }) => [
        orderId,
        Math.max(fresh.get(orderId) ?? 0, ...known.map((versions) => versions[orderId] ?? 0)),
      ]),
    )
    // Whoever has signed out leaves nothing behind.
    if (ended) return before
    const newer = news.filter(({ orderId, version }) => version > before.get(orderId)!)
    for (const { orderId, version } of newer) fresh.set(orderId, version)
    write()
    if (locks && newer.length > 0) await hold(newer)
    return before
  }

  onCleanup(() => {
    // Where another tab has signed out, nothing is left to be written to.
    if (memory.read() !== null) write()
    ended = true
  })

  return {
    upTo,
    record,
    goBack,
    flush: write,
    async claim(news) {
      try {
        return await (locks ? locks.request(lockName, () => take(news)) : take(news))
      } catch (error) {
        reportError(error)
        return new Map()
      }
    },
  }
}

function isVersions(value: unknown): value is Versions {
  return (
    typeof value === 'object' &&
    value !== null &&
    Object.values(value).every((version) => Number.isSafeInteger(version))
  )
}
