import { CLOSE_CODES, type CloseCode } from '../../../server/protocol/close-codes'
import type { Cursor } from '../../../server/protocol/cursor'
import type {
  CaughtUpFrame,
  ChannelName,
  EventFrame,
  HeartbeatFrame,
  SubscribedFrame,
} from '../../../server/protocol/frames'
import { answer } from './answer'
import { Audience } from './audience'
import { FeedWindow } from './feed-window'
import type { OpenUpstream } from './side'
import { Sides } from './sides'
import type { Tab } from './tab'

export interface FeedHost {
  /** Asks the server, once what was asked before is answered. */
  operate(feed: Feed, kind: 'subscribe' | 'unsubscribe', cursor?: Cursor): void
  readonly openSide: OpenUpstream
  dismiss(tab: Tab, end: Pick<CloseCode, 'code' | 'reason'>): void
  /** What came on two connections is not one history: everyone resumes. */
  restart(): void
}

/** One channel of the shared connection: who gets it, and from where. */
export class Feed {
  /** `asked`: for `#leader`, from `#cursor`; `leaving`: nobody wants it, and the server is being told. */
  #phase: 'idle' | 'asked' | 'replaying' | 'live' | 'leaving' = 'idle'
  /** The tab whose subscribe is on its way; null also where it has left meanwhile. */
  #leader: Tab | null = null
  #cursor: Cursor | undefined
  #window: FeedWindow | null = null
  /** Events of the running replay; null: one of them is missing. */
  #replayed: number | null = 0
  readonly #audience = new Audience()
  readonly #waiting = new Map<Tab, Cursor | undefined>()
  readonly #sides: Sides

  constructor(
    readonly channel: ChannelName,
    private readonly host: FeedHost,
  ) {
    this.#sides = new Sides(channel, {
      open: host.openSide,
      moved: (tab) => this.#joinSide(tab),
      refused: () => this.#leaveIfUnwanted(),
      ended: (tab, end) => host.dismiss(tab, end),
    })
  }

  /** Whether the server owes answers or heartbeats. */
  get due(): boolean {
    return this.#phase !== 'idle'
  }

  /** Whether the tab is subscribed, or has asked to be. */
  has(tab: Tab): boolean {
    if (this.#leader === tab || this.#audience.has(tab)) return true
    return this.#waiting.has(tab) || this.#sides.of(tab) !== undefined
  }

  subscribe(tab: Tab, cursor: Cursor | undefined): void {
    if (this.#phase === 'live') return this.#admit(tab, cursor)
    this.#waiting.set(tab, cursor)
    if (this.#phase === 'idle') this.#askNext()
  }

  /** The tab wants nothing of it any more, or is gone. */
  leave(tab: Tab): void {
    if (this.#leader === tab) this.#leader = null
    this.#audience.leave(tab)
    this.#waiting.delete(tab)
    this.#sides.close(tab)
    this.#leaveIfUnwanted()
  }

  /** The shared connection has ended. */
  close(): void {
    this.#sides.closeAll()
  }

  onSubscribed(data: SubscribedFrame['data'], line: string): void {
    const leader = this.#leader
    this.#leader = null
    leader?.line(line)
    const from = this.#cursor ?? data.cursor
    if (data.recovered === false || from === null) return this.#askNext()
    this.#phase = 'replaying'
    this.#window = new FeedWindow(from, data.last)
    this.#replayed = 0
    if (leader) this.#audience.join(leader, true)
    this.#leaveIfUnwanted()
  }

  /** The subscribe was answered with an error. */
  onRefused(line: string): void {
    this.#leader?.line(line)
    this.#leader = null
    this.#askNext()
  }

  onUnsubscribed(): void {
    if (this.#phase === 'leaving') this.#askNext()
  }

  /** Of its own accord the server ended the subscription. */
  onDropped(line: string): void {
    if (this.#phase !== 'live' && this.#phase !== 'replaying') return
    this.#phase = 'idle'
    this.#audience.tell(line)
    for (const tab of this.#sides.tabs) this.host.dismiss(tab, CLOSE_CODES.resume)
    this.#askNext()
  }

  onEvent(frame: EventFrame, line: string): void {
    const decision = this.#window?.add(frame, line) ?? 'duplicate'
    if (decision === 'duplicate') return
    if (decision === 'hole') this.#startOver(frame.id, frame.id)
    else if (this.#replayed !== null) this.#replayed++
    this.#audience.event(line)
    this.#joinSides()
  }

  onCaughtUp(data: CaughtUpFrame['data'], line: string): void {
    if (this.#phase !== 'replaying') return
    this.#phase = 'live'
    const isWhole = this.#replayed === data.replayed && this.#window?.caughtUp(data)
    if (!isWhole) this.#window = new FeedWindow(data.cursor, data.last)
    this.#audience.tell(line)
    const waiting = [...this.#waiting]
    this.#waiting.clear()
    for (const [tab, cursor] of waiting) this.#admit(tab, cursor)
  }

  onHeartbeat(data: HeartbeatFrame['data'], line: string): void {
    if (this.#phase === 'live' && !this.#window?.beat(data)) {
      this.#startOver(data.cursor, data.last)
    }
    this.#audience.heartbeat(data, line)
    this.#joinSides()
  }

  onStats(line: string): void {
    this.#audience.stats(line)
  }

  #admit(tab: Tab, cursor: Cursor | undefined): void {
    if (answer(tab, this.channel, this.#window!, cursor)) this.#audience.join(tab, true)
    else this.#sides.open(tab, cursor!)
  }

  #joinSides(): void {
    for (const tab of this.#sides.tabs) this.#joinSide(tab)
  }

  /** Goes on with the shared feed once that has what the side has, and holds what the side has not. */
  #joinSide(tab: Tab): void {
    const side = this.#sides.of(tab)
    if (this.#phase !== 'live' || !side || side.at === null) return
    const missed = this.#window!.join(side.at, side.last)
    if (missed === 'wait') return
    if (missed === 'foreign') return this.host.restart()
    this.#sides.close(tab)
    for (const line of missed) tab.line(line)
    this.#audience.join(tab, side.last !== null || missed.length > 0)
  }

  /** Something is missing before this place. Whoever knows what came before sees it, too. */
  #startOver(at: Cursor, last: Cursor | null): void {
    this.#window = new FeedWindow(at, last)
    this.#replayed = null
    for (const tab of this.#audience.unaware) this.host.dismiss(tab, CLOSE_CODES.resume)
  }

  /** Nothing is subscribed: the next one who waits begins. */
  #askNext(): void {
    this.#phase = 'idle'
    this.#window = null
    this.#audience.clear()
    for (const [tab, cursor] of this.#waiting) {
      this.#waiting.delete(tab)
      this.#leader = tab
      this.#cursor = cursor
      this.#phase = 'asked'
      return this.host.operate(this, 'subscribe', cursor)
    }
  }

  #leaveIfUnwanted(): void {
    if (this.#phase !== 'live' && this.#phase !== 'replaying') return
    if (this.#audience.size + this.#waiting.size + this.#sides.size > 0) return
    this.#phase = 'leaving'
    this.#window = null
    this.host.operate(this, 'unsubscribe')
  }
}
