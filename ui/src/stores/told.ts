import { onCleanup } from 'solid-js'
import type { ChannelName } from '../../../server/protocol/frames'
import { systemClock, type Clock } from '../../client'
import { kept, type KeptStorage } from './kept'
import { createTabClaims, type Locks, type Versions } from './tab-claims'

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

/** Orders; beyond it the one that was told longest ago is forgotten. */
export const TOLD_REMEMBERED = 500
/** A burst is one write. */
const WRITE_AFTER_MS = 500

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
  const claims = createTabClaims(name, locks, clock)
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

  async function take(news: readonly Versioned[]): Promise<ReadonlyMap<string, number>> {
    const known = [...(await claims.held()), memory.read() ?? {}]
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
    if (newer.length === 0) return before
    const newest = newer.slice(-TOLD_REMEMBERED)
    const claimed = newest.map(({ orderId, version }) => [orderId, version] as const)
    // Written is written: other tabs know it a moment later then.
    await claims.hold(Object.fromEntries(claimed)).catch(reportError)
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
        return await claims.inTurn(() => take(news))
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
