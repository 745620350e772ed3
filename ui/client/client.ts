import { CLOSE_CODES, type CloseCode } from '../../server/protocol/close-codes'
import type { ChannelName, ServerFrame } from '../../server/protocol/frames'
import type {
  Client,
  ClientEvents,
  ClientOptions,
  ClientState,
  From,
  Place,
  Seams,
  Snapshot,
  Status,
} from './api'
import { Channel, type Start } from './channel'
import { systemClock } from './clock'
import { Connection } from './connection'
import { channelOf, isEventFrame } from './decode'
import { reconnectDelayMs, snapshotDelayMs } from './delays'
import { Emitter } from './emitter'
import { Keeper } from './keeper'
import { Operations } from './operations'
import { SnapshotLoader } from './snapshot-loader'
import { openWebSocket } from './socket'
import { browserWakeUps, type WakeUp } from './wake-ups'

/** Waits end within this when the network is back or somebody looks, and not all in the same instant. */
const WAKE_UP_SPREAD_MS = 250

/** A channel that the app wants, and what loads its snapshots. */
interface Wanted {
  readonly channel: Channel
  readonly loader: SnapshotLoader
  ageMs: number | null
}

export function createClient(options: ClientOptions): Client {
  return new OrderClient(options)
}

class OrderClient implements Client {
  readonly #options: ClientOptions
  readonly #seams: Seams
  readonly #emitter = new Emitter()
  readonly #operations: Operations
  readonly #keeper: Keeper
  readonly #wanted = new Map<ChannelName, Wanted>()
  #status: 'idle' | 'connecting' | 'connected' | 'waiting' | 'signed-out' | 'refused' = 'idle'
  #reason: string | null = null
  #told: ClientState
  #connection: Connection | null = null
  #offline = false
  /** Connections in a row that did not last. */
  #failures = 0
  #rejected = false
  #wait: { readonly at: number; readonly hinted: boolean; readonly cancel: () => void } | null =
    null
  #stopWakeUps = () => {}

  constructor(options: ClientOptions) {
    this.#options = options
    this.#seams = {
      openSocket: openWebSocket,
      clock: systemClock,
      random: Math.random,
      wakeUps: browserWakeUps,
      ...options.seams,
    }
    this.#operations = new Operations(this.#seams.clock, {
      send: ({ channel, kind }) =>
        this.#connection?.send(
          kind === 'subscribe' ? channel.subscribeFrame() : channel.unsubscribeFrame(),
        ),
      timedOut: () => this.#connection?.abandon(),
    })
    this.#keeper = new Keeper({
      ...options,
      clock: this.#seams.clock,
      place: (channel) => this.place(channel),
      problem: (problem) => this.#emitter.emit('error', problem),
    })
    this.#keeper.open()
    this.#told = this.state
  }

  get seen() {
    return this.#keeper.seen
  }

  on<Event extends keyof ClientEvents>(event: Event, listener: ClientEvents[Event]): () => void {
    return this.#emitter.on(event, listener)
  }

  get state(): ClientState {
    const wanted = [...this.#wanted.values()]
    const ages = wanted.flatMap(({ ageMs }) => (ageMs === null ? [] : [ageMs]))
    return {
      status: this.#statusOf(wanted),
      retryAt: this.#wait?.at ?? null,
      reason: this.#reason,
      ageMs: ages.length > 0 ? Math.max(...ages) : null,
      channels: Object.fromEntries(wanted.map(({ channel }) => [channel.name, channel.status])),
    }
  }

  place(name: ChannelName): Place | null {
    return this.#wanted.get(name)?.channel.place ?? null
  }

  subscribe(name: ChannelName, { from = 'kept' }: { readonly from?: From } = {}): void {
    const known = this.#wanted.get(name)
    if (known && known.channel.status !== 'refused') return
    known?.channel.end()
    const kept = from === 'kept' ? this.#keeper.restore(name) : null
    const wanted = this.#want(name, startOf(from, kept))
    this.#wanted.set(name, wanted)
    if (kept) this.#emitter.emit('snapshot', { ...kept, channel: name, source: 'kept' })
    if (this.#running) wanted.channel.start()
    if (this.#connection?.authenticated) wanted.channel.connected()
    this.#changed()
  }

  unsubscribe(name: ChannelName): void {
    const wanted = this.#wanted.get(name)
    if (!wanted) return
    const { channel, loader } = wanted
    const { phase } = channel
    this.#wanted.delete(name)
    channel.end()
    loader.stop()
    this.#keeper.drop(name)
    const subscribed = phase === 'subscribing' || phase === 'replaying' || phase === 'live'
    if (subscribed && !this.#operations.withdraw(channel)) {
      this.#operations.add({ channel, kind: 'unsubscribe' })
    }
    this.#changed()
  }

  connect(): void {
    if (this.#running) return
    this.#stopWakeUps = this.#seams.wakeUps((wakeUp) => this.#wokenUp(wakeUp))
    this.#failures = 0
    this.#offline = false
    this.#open()
    for (const { channel } of this.#wanted.values()) channel.start()
  }

  close(): void {
    this.#stop('idle', null)
  }

  forget(): void {
    this.#keeper.forget()
  }

  get #running(): boolean {
    return (
      this.#status === 'connecting' || this.#status === 'connected' || this.#status === 'waiting'
    )
  }

  #statusOf(wanted: readonly Wanted[]): Status {
    if (this.#status === 'waiting') return this.#offline ? 'offline' : 'waiting'
    if (this.#status !== 'connected') return this.#status
    const behind = wanted.some(
      ({ channel }) => channel.status !== 'live' && channel.status !== 'refused',
    )
    return behind ? 'catching-up' : 'live'
  }

  #want(name: ChannelName, start: Start): Wanted {
    const { clock, random } = this.#seams
    const channel: Channel = new Channel(name, start, {
      deliver: (frame, replayed) =>
        this.#emitter.emit(frame.event, frame.data, { channel: name, id: frame.id, replayed }),
      operate: (kind) => this.#operations.add({ channel, kind }),
      load: (retryAfterMs, rounds) => loader.start(snapshotDelayMs(retryAfterMs, rounds, random())),
      resumed: (resume) => this.#emitter.emit('resumed', resume),
      changed: () => {
        this.#keeper.changed(name)
        this.#changed()
      },
    })
    const loader = new SnapshotLoader(clock, random, {
      load: (signal) => this.#options.snapshot(name, signal),
      loaded: (snapshot) => this.#loaded(channel, snapshot),
      failed: (error) => this.#emitter.emit('error', { source: 'snapshot', error }),
      refused: (error) => {
        channel.onRefused()
        this.#emitter.emit('error', { source: 'snapshot', error })
      },
    })
    return { channel, loader, ageMs: null }
  }

  #loaded(channel: Channel, snapshot: Snapshot): void {
    this.#emitter.emit('snapshot', { ...snapshot, channel: channel.name, source: 'server' })
    channel.onSnapshot(snapshot)
    if (this.#connection?.authenticated) channel.connected()
  }

  #open(): void {
    this.#wait?.cancel()
    this.#wait = null
    const { url, token } = this.#options
    const connection: Connection = new Connection(
      {
        url: typeof url === 'string' ? () => url : url,
        token,
        reason: this.#rejected ? 'rejected' : 'connect',
        seams: this.#seams,
      },
      {
        authenticated: () => this.#connected(),
        received: (frames) => this.#received(connection, frames),
        ended: (end, lasted) => this.#ended(end, lasted),
        signedOut: () => this.#stop('signed-out', null),
        problem: (problem) => this.#emitter.emit('error', problem),
      },
    )
    this.#connection = connection
    this.#status = 'connecting'
    this.#changed()
    connection.open()
  }

  #connected(): void {
    this.#status = 'connected'
    this.#reason = null
    this.#offline = false
    this.#rejected = false
    for (const { channel } of [...this.#wanted.values()]) channel.connected()
    this.#changed()
  }

  #received(connection: Connection, frames: readonly ServerFrame[]): void {
    let delivered = false
    const deliver = () => {
      delivered = true
      for (const frame of frames) {
        // A listener may have closed the client.
        if (this.#connection !== connection) return
        this.#handle(frame)
      }
    }
    const { batch } = this.#options
    if (!batch) return deliver()
    try {
      batch(deliver)
    } catch (error) {
      this.#emitter.emit('error', { source: 'app', error })
    }
    if (!delivered) deliver()
  }

  #handle(frame: ServerFrame): void {
    if (isEventFrame(frame)) {
      return this.#wanted.get(channelOf(frame.event))?.channel.onEvent(frame)
    }
    switch (frame.event) {
      case 'subscribed':
      case 'unsubscribed':
        return this.#answered(frame)
      case 'caught-up':
        return this.#wanted.get(frame.data.channel)?.channel.onCaughtUp(frame.data)
      case 'heartbeat': {
        const wanted = this.#wanted.get(frame.data.channel)
        if (!wanted) return
        const { channel, ageMs } = frame.data
        wanted.ageMs = ageMs
        wanted.channel.onHeartbeat(frame.data)
        return this.#emitter.emit('age', { channel, ageMs })
      }
      case 'admin:stats':
        return this.#wanted.has('admin') ? this.#emitter.emit('admin:stats', frame.data) : undefined
      case 'error':
        return this.#refusedByServer(frame.data)
    }
  }

  #answered(frame: Extract<ServerFrame, { event: 'subscribed' | 'unsubscribed' }>): void {
    const { running } = this.#operations
    const kind = frame.event === 'subscribed' ? 'subscribe' : 'unsubscribe'
    const answers = running?.kind === kind && running.channel.name === frame.data.channel
    if (answers) this.#operations.answered()
    const channel = answers ? running.channel : this.#wanted.get(frame.data.channel)?.channel
    if (frame.event === 'subscribed') channel?.onSubscribed(frame.data)
    else if (answers) channel?.onUnsubscribed()
    this.#changed()
  }

  #refusedByServer({ code, message }: Extract<ServerFrame, { event: 'error' }>['data']): void {
    const { running } = this.#operations
    if (running && code !== 'unauthenticated') {
      this.#operations.answered()
      if (running.kind === 'unsubscribe') running.channel.onUnsubscribed()
      else if (code === 'already_subscribed') running.channel.onAlreadySubscribed()
      else running.channel.onRefused()
    }
    // To have been unsubscribed before is as good.
    if (running?.kind === 'unsubscribe' && code === 'not_subscribed') return
    this.#emitter.emit('error', { source: 'server', code, error: new Error(message) })
  }

  #ended(end: CloseCode, lasted: boolean): void {
    this.#connection = null
    this.#operations.clear()
    for (const wanted of this.#wanted.values()) {
      wanted.ageMs = null
      wanted.channel.disconnected()
    }
    if (lasted) this.#failures = 0
    this.#rejected = end.reconnect === 'new-token'
    const delayMs = reconnectDelayMs(end, this.#failures++, this.#seams.random())
    if (delayMs === null) return this.#stop('refused', end.reason)
    this.#reason = end.reason
    this.#waitFor(delayMs, end.code !== CLOSE_CODES.abnormal.code)
  }

  /** @param hinted the server asked for the wait: no wake-up cuts it short */
  #waitFor(delayMs: number, hinted: boolean): void {
    this.#wait?.cancel()
    const { clock } = this.#seams
    const cancel = clock.after(delayMs, () => this.#open())
    this.#wait = { at: clock.now() + delayMs, hinted, cancel }
    this.#status = 'waiting'
    this.#changed()
  }

  #wokenUp(wakeUp: WakeUp): void {
    if (wakeUp === 'hidden') return this.#keeper.flush()
    if (wakeUp === 'offline') return this.#wentOffline()
    if (wakeUp === 'online') this.#offline = false
    const soonMs = this.#seams.random() * WAKE_UP_SPREAD_MS
    if (this.#wait && !this.#wait.hinted) this.#waitFor(soonMs, false)
    for (const { loader } of this.#wanted.values()) loader.hurry(soonMs)
    this.#connection?.check()
    this.#changed()
  }

  /** The platform may be wrong (a server on this machine): attempts go on, further and further apart. */
  #wentOffline(): void {
    this.#offline = true
    this.#connection?.abandon()
    this.#changed()
  }

  #stop(status: 'idle' | 'signed-out' | 'refused', reason: string | null): void {
    this.#wait?.cancel()
    this.#wait = null
    this.#connection?.drop()
    this.#connection = null
    this.#operations.clear()
    this.#stopWakeUps()
    for (const wanted of this.#wanted.values()) {
      wanted.ageMs = null
      wanted.channel.disconnected()
      wanted.loader.stop()
    }
    this.#status = status
    this.#reason = reason
    this.#keeper.flush()
    this.#changed()
  }

  /** Something that `state` shows may be another: tells, if it is. */
  #changed(): void {
    const channels = [...this.#wanted.values()].map(({ channel }) => channel)
    this.#connection?.expectFrames(
      this.#operations.running !== null || channels.some(({ subscribed }) => subscribed),
    )
    const state = this.state
    const before = this.#told
    this.#told = state
    if (!sameState(before, state)) this.#emitter.emit('state', state)
  }
}

function startOf(from: From, kept: Place | null): Start {
  if (from === 'now') return { after: 'now' }
  const place = typeof from === 'object' ? from : kept
  return place
    ? { after: 'kept', place: { cursor: place.cursor, last: place.last } }
    : { after: 'snapshot' }
}

/** `ageMs` aside, which has an event of its own. */
function sameState(a: ClientState, b: ClientState): boolean {
  return (
    a.status === b.status &&
    a.retryAt === b.retryAt &&
    a.reason === b.reason &&
    a.channels.orders === b.channels.orders &&
    a.channels.admin === b.channels.admin
  )
}
