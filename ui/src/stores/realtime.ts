import { batch, createSignal, onCleanup, untrack } from 'solid-js'
import type { ChannelName } from '../../../server/protocol/frames'
import {
  createClient,
  createSharedSocket,
  openWebSocket,
  SnapshotRefused,
  webStorage,
  type Client,
  type ClientState,
  type KeptState,
  type OpenSocket,
  type Resume,
} from '../../client'
import type { Api, Page } from '../api'
import { Problem } from '../problem'
import type { Order } from '../../../server/protocol/order'
import type { Renew } from './renewal'
import type { Identity, Session } from './session'

/** How many orders a snapshot and each further page hold. */
export const PAGE_SIZE = 50

/** Whether the socket is that of all tabs of the browser, or one of this tab's own. */
export type Transport = 'shared' | 'own'

const [transport, setTransport] = createSignal<Transport | null>(null)

/** All tabs of the browser share one connection, where that can be. */
const openShared = createSharedSocket({
  start: () =>
    new SharedWorker(new URL('../../client/shared/worker.ts', import.meta.url), {
      type: 'module',
      name: 'orderwire',
    }),
  openSocket(url, listener) {
    setTransport('own')
    return openWebSocket(url, listener)
  },
})

const openSocket: OpenSocket = (url, listener) => {
  setTransport('shared')
  return openShared(url, listener)
}

export interface PastResume extends Resume {
  readonly at: Date
}

/** The connection of a session, as far as this tab sees it. */
export interface Realtime {
  readonly client: Client
  /** Reactive. */
  readonly state: () => ClientState
  /** Reactive: how the last interruption was bridged. */
  readonly lastResume: () => PastResume | null
  /** Reactive: when what is shown was current, as far as is known; milliseconds since the epoch. */
  readonly currentAt: () => number | null
  /** Reactive; null before the first connection. */
  readonly transport: () => Transport | null
  /** Tries again now, whatever it waits for. */
  readonly reconnect: () => void
  /** Reactive: why the last snapshot of a channel could not be loaded; null while there is no trouble. */
  readonly snapshotError: (channel: ChannelName) => unknown
  /** Names what of the customer's orders is kept across reloads, together with its cursor. */
  readonly keepOrders: (state: () => KeptState) => void
}

/** Owned: closes, and forgets what was kept, when its owner ends, which is the end of the session. */
export function createRealtime(deps: {
  readonly api: Api
  readonly session: Session
  readonly identity: Identity
  readonly renew: Renew
}): Realtime {
  const { api, session, identity, renew } = deps
  let keptOrders = (): KeptState => ({ items: [] })
  const [errors, setErrors] = createSignal<Partial<Record<ChannelName, unknown>>>({})

  async function loadSnapshot(channel: ChannelName, signal: AbortSignal): Promise<Page<Order>> {
    const load = channel === 'orders' ? api.myOrders : api.allOrders
    try {
      const page = await load({ limit: PAGE_SIZE }, signal)
      setErrors((known) => ({ ...known, [channel]: null }))
      return page
    } catch (error) {
      if (!signal.aborted) setErrors((known) => ({ ...known, [channel]: error }))
      if (error instanceof Problem && error.status === 403) throw new SnapshotRefused(error.message)
      throw error
    }
  }

  /** What the connection was last opened or renewed with. */
  let given: string | null = null
  const give = (token: string | null) => (given = token)

  const client = createClient({
    url: () => location.origin.replace(/^http/, 'ws') + '/ws',
    subject: identity.subject,
    snapshot: loadSnapshot,
    storage: webStorage(() => localStorage),
    keep: { orders: () => keptOrders() },
    batch,
    seams: { openSocket },
    async token({ reason }) {
      const current = session.token()
      // Another tab may have got a newer one since: that was not refused, nor does it end soon.
      if (reason === 'connect' || current === null || current !== given) return give(current)
      const renewed = await renew(current)
      if (renewed === null && reason === 'rejected') session.signOut('refused')
      return give(renewed ?? session.token())
    },
  })

  const [state, setState] = createSignal<ClientState>(client.state, { equals: false })
  const [lastResume, setLastResume] = createSignal<PastResume | null>(null)
  const [currentAt, setCurrentAt] = createSignal<number | null>(null)
  const proven = () => setCurrentAt(Date.now() - (client.state.ageMs ?? 0))
  client.on('state', (next) => {
    // Whoever has caught up is as current as whoever is told so later.
    if (next.status === 'live' && untrack(state).status !== 'live') proven()
    setState(next)
  })
  client.on('age', () => {
    setState(client.state)
    proven()
  })
  client.on('resumed', (resume) => {
    if (resume.after !== 'snapshot') setLastResume({ ...resume, at: new Date() })
  })
  client.on('error', ({ source, error }) => {
    // What a token or a snapshot ran into is shown where it matters; the rest is a defect.
    if (source !== 'token' && source !== 'snapshot') reportError(error)
  })
  onCleanup(() => {
    client.close()
    client.forget()
  })

  return {
    client,
    state,
    lastResume,
    currentAt,
    transport,
    reconnect() {
      client.close()
      client.connect()
    },
    snapshotError: (channel) => errors()[channel] ?? null,
    keepOrders(state) {
      keptOrders = state
    },
  }
}
