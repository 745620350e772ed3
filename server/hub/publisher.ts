import type { LogChannel, LogEntry } from '../event-log/event-log'
import { compareIds, type Cursor, type EntryId } from '../protocol/cursor'
import { type ChannelName, encodeFrame } from '../protocol/frames'
import type { HubLimits } from './limits'
import { joinTexts, textBytes } from './texts'
import { channelOf, nameOf, type Topic, Topics } from './topics'
import { cursorOf } from '../event-log/entry'
import { ReplayWindow } from './window'

/** Sends a text to all who joined the topic. Must not wait. */
export type Publish = (topic: string, text: string) => void

interface Waiting {
  readonly id: EntryId
  readonly settle: (reached: boolean) => void
}

/**
 * What this node has published, and to whom. An entry enters the window in the tick in which it is
 * published: what is in the window has been published, and the reverse.
 */
export class Publisher {
  readonly topics = new Topics()
  private loaded: ReplayWindow | null = null
  private positionNow: Cursor | null = null
  private readonly waiting = new Set<Waiting>()
  private readonly textBytes: number

  constructor(
    private readonly publish: Publish,
    private readonly limits: HubLimits,
  ) {
    this.textBytes = textBytes(limits.backpressureLimitBytes)
  }

  get window(): ReplayWindow | null {
    return this.loaded
  }

  /** The newest entry that was published, null before a window was loaded. */
  get position(): Cursor | null {
    return this.positionNow
  }

  get newest(): LogEntry | null {
    return this.loaded?.entry(this.loaded.last) ?? null
  }

  /** Replaces the window; `entries`, gapless and at least one, count as published. */
  load(entries: readonly LogEntry[]): void {
    const { windowMaxEntries: maxEntries, windowMaxBytes: maxBytes } = this.limits
    const window = new ReplayWindow({ maxEntries, maxBytes })
    for (const entry of entries) window.push(entry)
    this.loaded = window
    this.moveTo(entries.at(-1)!)
  }

  /** Publishes a run of entries in one tick: one text a topic, nothing where nobody listens. */
  publishRun(entries: readonly LogEntry[]): void {
    const window = this.loaded!
    const frames = new Map<Topic, string[]>()
    for (const entry of entries) {
      const seq = window.push(entry)
      if (entry.kind !== 'event') continue
      this.collect(frames, window, seq, entry, null)
      if (entry.event.customer !== null) {
        this.collect(frames, window, seq, entry, entry.event.customer)
      }
    }
    for (const [topic, ofTopic] of frames) {
      for (const text of joinTexts(ofTopic, this.textBytes)) this.publish(nameOf(topic), text)
    }
    this.moveTo(entries.at(-1)!)
  }

  /** Publishes the heartbeats whose turn it is after `elapsedMs`. */
  beat(elapsedMs: number, ageMs: number): void {
    const cursor = this.positionNow
    if (cursor === null) return
    const textOf = (channel: ChannelName, last: Cursor | null) =>
      encodeFrame({ event: 'heartbeat', data: { channel, cursor, last, ageMs } })
    // Nothing was published on most channels: theirs is one text.
    const silent = textOf('orders', null)
    for (const topic of this.topics.due(elapsedMs, this.limits.heartbeatMs)) {
      const channel = channelOf(topic)
      const isSilent = channel === 'orders' && topic.last === null
      this.publish(nameOf(topic), isSilent ? silent : textOf(channel, topic.last))
    }
  }

  /** Publishes a text that is not of the log to staff; false where nobody listens. */
  toStaff(text: () => string): boolean {
    const topic = this.topics.of(null)
    if (topic) this.publish(nameOf(topic), text())
    return topic !== undefined
  }

  /** The newest event of the channel at or before the position, null where this node cannot know. */
  lastOf(channel: LogChannel): Cursor | null {
    const topic = this.topics.of(channel.name === 'admin' ? null : channel.customer)
    const window = this.loaded
    return topic?.last ?? window?.missed(channel, window.last, 0)?.last ?? null
  }

  /** Resolves to true once the entry `id` is published, to false after `timeoutMs`. */
  reached(id: EntryId, timeoutMs: number): Promise<boolean> {
    return new Promise((resolve) => {
      const waiting: Waiting = {
        id,
        settle: (reached) => {
          clearTimeout(timer)
          this.waiting.delete(waiting)
          resolve(reached)
        },
      }
      const timer = setTimeout(() => waiting.settle(false), timeoutMs)
      this.waiting.add(waiting)
    })
  }

  private collect(
    frames: Map<Topic, string[]>,
    window: ReplayWindow,
    seq: number,
    entry: LogEntry,
    customer: string | null,
  ): void {
    const topic = this.topics.of(customer)
    if (!topic) return
    const frame = window.frame(channelOf(topic), seq)
    topic.last = cursorOf(entry)
    const ofTopic = frames.get(topic)
    if (ofTopic) ofTopic.push(frame)
    else frames.set(topic, [frame])
  }

  private moveTo(entry: LogEntry): void {
    this.positionNow = cursorOf(entry)
    for (const waiting of this.waiting) {
      if (compareIds(waiting.id, entry.id) <= 0) waiting.settle(true)
    }
  }
}
