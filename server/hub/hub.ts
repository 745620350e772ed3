import type { EventLog, LogChannel } from '../event-log/event-log'
import type { Logger } from '../lib/logger'
import { CLOSE_CODES } from '../protocol/close-codes'
import type { Cursor } from '../protocol/cursor'
import { createCounters, type HubCounters } from './counters'
import type { HubLimits } from './limits'
import { type Publish, Publisher } from './publisher'
import { type HubSocket, Replay } from './replay'
import { Replays } from './replays'
import type { LogStatus } from './log-status'
import { Tail, type TailListener } from './tail'
import { liveText } from './texts'
import { nameOf, type Topic } from './topics'
import type { WindowSpan } from './window'

export interface HubDeps {
  readonly log: EventLog
  readonly publish: Publish
  readonly limits: HubLimits
  readonly logger: Logger
}

/** Tails the log and brings each entry to those who may see it. */
export interface Hub {
  readonly limits: HubLimits
  readonly counters: Readonly<HubCounters>

  /**
   * Loads the window, then follows the log until `signal` aborts. Resolves when the window is
   * loaded; while the log cannot be reached or refills it tries again, anything worse rejects.
   * A server may listen meanwhile: snapshots have no cursor then, and sockets come again later.
   */
  start(signal: AbortSignal): Promise<void>

  /** Whether there is a window, and with it a position. It stays, whatever becomes of the log. */
  isLoaded(): boolean

  /** How the log answered when it was last asked. */
  logStatus(): LogStatus

  /** The newest entry that this node has published; null before it was loaded. */
  position(): Cursor | null

  /** How far back the window goes. */
  window(): WindowSpan

  /** Age of the oldest fact that is known not to have come through here, in milliseconds. */
  ageMs(): number

  /** What happens to all sockets, or to those of one subject. */
  listen(listener: TailListener): void

  /**
   * Subscribes `socket` and answers it in frames; a cursor resumes. How it stands is told by
   * `socket.settle`, at once and whenever it changes. The caller sees to it that one channel of one
   * socket is subscribed once, gives every topic back with `leave`, and cancels a running replay.
   */
  subscribe(socket: HubSocket, channel: LogChannel, subject: string, cursor?: Cursor): void

  leave(topic: Topic): void

  /** Publishes a text to staff that is not of the log; not even made where no staff listen. */
  toStaff(text: () => string): void

  /** How many sockets are live on the staff's channel. */
  staffSubscribers(): number

  /** Channels that have subscribers. */
  topicCount(): number
}

const MIN_STEP_MS = 10
const MAX_STEP_MS = 100

export function createHub({ log, publish, limits, logger }: HubDeps): Hub {
  const counters = createCounters()
  const listeners: TailListener[] = []
  const publisher = new Publisher(publish, limits)
  const tail: Tail = new Tail(
    log,
    publisher,
    limits,
    {
      ended(reason) {
        counters.ended[reason]++
        for (const listener of listeners) listener.ended(reason)
      },
      revoked(subject) {
        for (const listener of listeners) listener.revoked(subject)
      },
      published(entries) {
        counters.entries += entries.length
        for (const listener of listeners) listener.published(entries)
      },
    },
    logger,
  )
  const logStatus = () => tail.status
  const replays = new Replays(log, publisher, limits, counters, logger, logStatus)
  const ageMs = () => tail.ageMs(Date.now())

  function startHeartbeats(signal: AbortSignal): void {
    const stepMs = Math.min(Math.max(limits.heartbeatMs / 64, MIN_STEP_MS), MAX_STEP_MS)
    let beatAt = performance.now()
    const timer = setInterval(() => {
      const now = performance.now()
      publisher.beat(now - beatAt, ageMs())
      beatAt = now
    }, stepMs)
    signal.addEventListener('abort', () => clearInterval(timer), { once: true })
  }

  return {
    limits,
    counters,

    async start(signal) {
      await tail.load(signal)
      if (signal.aborted) return
      startHeartbeats(signal)
      // It rejects with defects alone, and ends the process by them: a server that follows nothing any
      // more, and looks well, would be worse than one that starts anew.
      void tail.run(signal)
    },

    isLoaded: () => publisher.position !== null,
    logStatus,
    position: () => publisher.position,
    window: () => publisher.window?.span ?? { entries: 0, bytes: 0, ageMs: 0 },

    ageMs,

    listen(listener) {
      listeners.push(listener)
    },

    subscribe(socket, channel, subject, cursor) {
      if (cursor !== undefined) {
        return new Replay(replays, socket, channel, subject, cursor).start()
      }
      const { position } = publisher
      if (position === null) {
        counters.postponed++
        return socket.end(CLOSE_CODES.tryLater)
      }
      const last = publisher.lastOf(channel)
      const topic = publisher.topics.join(channel)
      socket.settle(channel.name, topic)
      socket.send(liveText(channel.name, position, last))
      socket.join(nameOf(topic))
    },

    leave: (topic) => publisher.topics.leave(topic),
    toStaff: (text) => void publisher.toStaff(text),
    staffSubscribers: () => publisher.topics.of(null)?.subscribers ?? 0,
    topicCount: () => publisher.topics.size,
  }
}
