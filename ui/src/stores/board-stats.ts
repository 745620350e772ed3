import { createSignal, onCleanup } from 'solid-js'
import type { Stats } from '../../../server/protocol/stats'
import type { Client } from '../../client'
import type { Api } from '../api'

/** The server's absolute figures, the newest of those that came, whichever way they came. */
export interface BoardStats {
  /** Reactive: null until the first came. */
  readonly stats: () => Stats | null
  /** Reactive: why they could not be loaded; null when they could. */
  readonly error: () => unknown
  /** Asks for them: at the start, and after an interruption. Never rejects. */
  readonly load: () => Promise<void>
}

/** Owned. */
export function createBoardStats(client: Pick<Client, 'on'>, api: Pick<Api, 'stats'>): BoardStats {
  const [stats, setStats] = createSignal<Stats | null>(null)
  const [error, setError] = createSignal<unknown>(null)

  function take(next: Stats): void {
    setError(null)
    setStats((shown) => (shown && shown.at > next.at ? shown : next))
  }

  async function load(): Promise<void> {
    try {
      take(await api.stats())
    } catch (failure) {
      setError(failure)
    }
  }

  onCleanup(client.on('admin:stats', take))
  return { stats, error, load }
}
