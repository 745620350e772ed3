import type { ChannelName, ClientFrame } from '../../server/protocol/frames'
import type { ChannelStatus, ClientOptions, From, Place, Seams, Snapshot } from './api'
import { Channel, type Start } from './channel'
import { type ChannelFrame, channelOf, isEventFrame } from './decode'
import { snapshotDelayMs } from './delays'
import type { Emitter } from './emitter'
import type { Keeper } from './keeper'
import { Operations } from './operations'
import { SnapshotLoader } from './snapshot-loader'

/** A channel that the app wants, and what loads its snapshots. */
interface Wanted {
  readonly channel: Channel
  readonly loader: SnapshotLoader
  ageMs: number | null
}

export interface SubscriptionsOptions {
  readonly snapshot: ClientOptions['snapshot']
  readonly seams: Pick<Seams, 'clock' | 'random'>
  readonly emitter: Emitter
  readonly keeper: Keeper
  /** The connection as it is now. */
  readonly connection: {
    /** Whether the client is connected, or tries to be. */
    running(): boolean
    authenticated(): boolean
    send(frame: ClientFrame): void
    abandon(): void
  }
  /** Something that the client's state shows may be another. */
  changed(): void
}

/** The channels that the app wants, whatever connections come and go. */
export class Subscriptions {
  readonly #options: SubscriptionsOptions
  readonly #operations: Operations
  readonly #wanted = new Map<ChannelName, Wanted>()

  constructor(options: SubscriptionsOptions) {
    const { connection, seams } = options
    this.#options = options
    this.#operations = new Operations(seams.clock, {
      send: ({ channel, kind }) =>
        connection.send(
          kind === 'subscribe' ? channel.subscribeFrame() : channel.unsubscribeFrame(),
        ),
      timedOut: () => connection.abandon(),
    })
  }

  get statuses(): Readonly<Partial<Record<ChannelName, ChannelStatus>>> {
    return Object.fromEntries(
      [...this.#wanted.values()].map(({ channel }) => [channel.name, channel.status]),
    )
  }

  /** The oldest age that the channels' last heartbeats told, in milliseconds. */
  get ageMs(): number | null {
    const ages = [...this.#wanted.values()].flatMap(({ ageMs }) => ageMs ?? [])
    return ages.length > 0 ? Math.max(...ages) : null
  }

  /** Whether the server owes frames: an answer, or heartbeats. */
  get framesDue(): boolean {
    return (
      this.#operations.running !== null ||
      [...this.#wanted.values()].some(({ channel }) => channel.subscribed)
    )
  }

  place(name: ChannelName): Place | null {
    return this.#wanted.get(name)?.channel.place ?? null
  }

  add(name: ChannelName, from: From): void {
    const { connection, emitter, keeper } = this.#options
    const known = this.#wanted.get(name)
    if (known && known.channel.status !== 'refused') return
    known?.channel.end()
    const kept = from === 'kept' ? keeper.restore(name) : null
    const wanted = this.#want(name, startOf(from, kept))
    this.#wanted.set(name, wanted)
    if (kept) emitter.emit('snapshot', { ...kept, channel: name, source: 'kept' })
    if (connection.running()) wanted.channel.start()
    if (connection.authenticated()) wanted.channel.connected()
    this.#options.changed()
  }

  remove(name: ChannelName): void {
    const wanted = this.#wanted.get(name)
    if (!wanted) return
    const { channel, loader } = wanted
    const mayBeSubscribed = channel.subscribed || channel.phase === 'subscribing'
    this.#wanted.delete(name)
    channel.end()
    loader.stop()
    this.#options.keeper.drop(name)
    if (mayBeSubscribed && !this.#operations.withdraw(channel)) {
      this.#operations.add({ channel, kind: 'unsubscribe' })
    }
    this.#options.changed()
  }

  /** The client begins to connect: snapshots that are wanted can be loaded meanwhile. */
  start(): void {
    for (const { channel } of this.#wanted.values()) channel.start()
  }

  connected(): void {
    for (const { channel } of [...this.#wanted.values()]) channel.connected()
  }

  disconnected(): void {
    this.#operations.clear()
    for (const wanted of this.#wanted.values()) {
      wanted.ageMs = null
      wanted.channel.disconnected()
    }
  }

  /** The client does not try any more. */
  stop(): void {
    this.disconnected()
    for (const { loader } of this.#wanted.values()) loader.stop()
  }

  /** There is a reason to believe that what failed works again. */
  hurry(delayMs: number): void {
    for (const { loader } of this.#wanted.values()) loader.hurry(delayMs)
  }

  receive(frame: ChannelFrame): void {
    const { emitter } = this.#options
    if (isEventFrame(frame)) {
      return this.#wanted.get(channelOf(frame.event))?.channel.onEvent(frame)
    }
    switch (frame.event) {
      case 'subscribed':
      case 'unsubscribed':
        return this.#answered(frame)
      case 'error':
        return this.#refused(frame.data)
      case 'caught-up':
        return this.#wanted.get(frame.data.channel)?.channel.onCaughtUp(frame.data)
      case 'heartbeat': {
        const { channel, ageMs } = frame.data
        const wanted = this.#wanted.get(channel)
        if (!wanted) return
        wanted.ageMs = ageMs
        wanted.channel.onHeartbeat(frame.data)
        return emitter.emit('age', { channel, ageMs })
      }
      case 'admin:stats':
        if (this.#wanted.has('admin')) emitter.emit('admin:stats', frame.data)
    }
  }

  #want(name: ChannelName, start: Start): Wanted {
    const { emitter, keeper, seams, snapshot } = this.#options
    const channel: Channel = new Channel(name, start, {
      deliver: (frame, replayed) =>
        emitter.emit(frame.event, frame.data, { channel: name, id: frame.id, replayed }),
      operate: (kind) => this.#operations.add({ channel, kind }),
      load: (retryAfterMs, rounds) =>
        loader.start(snapshotDelayMs(retryAfterMs, rounds, seams.random())),
      resumed: (resume) => emitter.emit('resumed', resume),
      changed: () => {
        keeper.changed(name)
        this.#options.changed()
      },
    })
    const loader = new SnapshotLoader(seams.clock, seams.random, {
      load: (signal) => snapshot(name, signal),
      loaded: (loaded) => this.#loaded(channel, loaded),
      failed: (error) => emitter.emit('error', { source: 'snapshot', error }),
      refused: (error) => {
        channel.onRefused()
        emitter.emit('error', { source: 'snapshot', error })
      },
    })
    return { channel, loader, ageMs: null }
  }

  /** First applied, then counted on. */
  #loaded(channel: Channel, snapshot: Snapshot): void {
    const { connection, emitter } = this.#options
    emitter.emit('snapshot', { ...snapshot, channel: channel.name, source: 'server' })
    channel.onSnapshot(snapshot)
    if (connection.authenticated()) channel.connected()
  }

  #answered(frame: Extract<ChannelFrame, { event: 'subscribed' | 'unsubscribed' }>): void {
    const { running } = this.#operations
    const kind = frame.event === 'subscribed' ? 'subscribe' : 'unsubscribe'
    const answers = running?.kind === kind && running.channel.name === frame.data.channel
    if (!answers) {
      const dropped = frame.event === 'subscribed' && frame.data.recovered === false
      if (dropped) this.#wanted.get(frame.data.channel)?.channel.onDropped(frame.data)
      return
    }
    this.#operations.answered()
    if (frame.event === 'subscribed') running.channel.onSubscribed(frame.data)
    else running.channel.onUnsubscribed()
    this.#options.changed()
  }

  #refused({ code, message }: Extract<ChannelFrame, { event: 'error' }>['data']): void {
    const { running } = this.#operations
    if (running && code !== 'unauthenticated') {
      this.#operations.answered()
      if (running.kind === 'unsubscribe') running.channel.onUnsubscribed()
      else if (code === 'already_subscribed') running.channel.onAlreadySubscribed()
      else running.channel.onRefused()
    }
    // To have been unsubscribed before is as good.
    if (running?.kind === 'unsubscribe' && code === 'not_subscribed') return
    this.#options.emitter.emit('error', { source: 'server', code, error: new Error(message) })
  }
}

function startOf(from: From, kept: Place | null): Start {
  if (from === 'now') return { after: 'now' }
  const place = typeof from === 'object' ? from : kept
  return place
    ? { after: 'kept', place: { cursor: place.cursor, last: place.last } }
    : { after: 'snapshot' }
}
