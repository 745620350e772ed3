import { CLOSE_CODES, type CloseCode } from '../../server/protocol/close-codes'
import type { ChannelName } from '../../server/protocol/frames'
import type {
  ChannelStatus,
  Client,
  ClientEvents,
  ClientOptions,
  ClientState,
  From,
  Place,
  Seams,
  Status,
} from './api'
import { systemClock } from './clock'
import { Connection } from './connection'
import type { ChannelFrame } from './decode'
import { reconnectDelayMs } from './delays'
import { Emitter } from './emitter'
import { Keeper } from './keeper'
import { openWebSocket } from './socket'
import { Subscriptions } from './subscriptions'
import { browserWakeUps, type WakeUp } from './wake-ups'

/** Waits end within this when the network is back or somebody looks, and not all in the same instant. */
const WAKE_UP_SPREAD_MS = 250

/** A client that does nothing yet: add listeners, `subscribe`, `connect`. */
export function createClient(options: ClientOptions): Client {
  return new OrderClient(options)
}

/** Keeps one connection after another, and says what state that is. */
class OrderClient implements Client {
  readonly #options: ClientOptions
  readonly #seams: Seams
  readonly #emitter = new Emitter()
  readonly #keeper: Keeper
  readonly #subscriptions: Subscriptions
  #status: 'idle' | 'connecting' | 'connected' | 'waiting' | 'signed-out' | 'refused' = 'idle'
  #reason: string | null = null
  #told: ClientState
  #telling = false
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
    this.#keeper = new Keeper({
      ...options,
      clock: this.#seams.clock,
      place: (channel) => this.place(channel),
      problem: (problem) => this.#emitter.emit('error', problem),
    })
    this.#subscriptions = new Subscriptions({
      snapshot: options.snapshot,
      seams: this.#seams,
      emitter: this.#emitter,
      keeper: this.#keeper,
      connection: {
        running: () => this.#running,
        authenticated: () => this.#connection?.authenticated ?? false,
        send: (frame) => this.#connection?.send(frame),
        abandon: () => this.#connection?.abandon(),
      },
      changed: () => this.#changed(),
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
    return {
      status: this.#shownStatus,
      retryAt: this.#wait?.at ?? null,
      reason: this.#reason,
      ageMs: this.#subscriptions.ageMs,
      channels: this.#subscriptions.statuses,
    }
  }

  place(channel: ChannelName): Place | null {
    return this.#subscriptions.place(channel)
  }

  subscribe(channel: ChannelName, { from = 'kept' }: { readonly from?: From } = {}): void {
    this.#subscriptions.add(channel, from)
  }

  unsubscribe(channel: ChannelName): void {
    this.#subscriptions.remove(channel)
  }

  connect(): void {
    if (this.#running) return
    this.#failures = 0
    this.#rejected = false
    this.#offline = false
    this.#stopWakeUps = this.#seams.wakeUps((wakeUp) => this.#wokenUp(wakeUp))
    this.#open()
    this.#subscriptions.start()
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

  get #shownStatus(): Status {
    if (this.#status === 'waiting') return this.#offline ? 'offline' : 'waiting'
    if (this.#status !== 'connected') return this.#status
    const statuses = Object.values(this.#subscriptions.statuses)
    const waitsFor = (wanted: ChannelStatus) => statuses.includes(wanted)
    if (waitsFor('snapshot') || waitsFor('resuming')) return 'catching-up'
    return waitsFor('delayed') ? 'delayed' : 'live'
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
    this.#subscriptions.connected()
    this.#changed()
  }

  #received(connection: Connection, frames: readonly ChannelFrame[]): void {
    let delivered = false
    const deliver = () => {
      delivered = true
      for (const frame of frames) {
        // A listener may have closed the client.
        if (this.#connection !== connection) return
        this.#subscriptions.receive(frame)
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

  #ended(end: CloseCode, lasted: boolean): void {
    this.#connection = null
    this.#subscriptions.disconnected()
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
    this.#subscriptions.hurry(soonMs)
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
    this.#stopWakeUps()
    this.#subscriptions.stop()
    this.#status = status
    this.#reason = reason
    this.#keeper.flush()
    this.#changed()
  }

  /**
   * Something that `state` shows may be another: tells, if it is, once what runs now has run, so that
   * a listener meets the client in one piece and is spared what lasts no longer.
   */
  #changed(): void {
    this.#connection?.expectFrames(this.#subscriptions.framesDue)
    if (this.#telling) return
    this.#telling = true
    queueMicrotask(() => {
      this.#telling = false
      const before = this.#told
      this.#told = this.state
      if (!sameState(before, this.#told)) this.#emitter.emit('state', this.#told)
    })
  }
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
