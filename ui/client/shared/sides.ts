import type { CloseCode } from '../../../server/protocol/close-codes'
import type { Cursor } from '../../../server/protocol/cursor'
import type { ChannelName } from '../../../server/protocol/frames'
import { Side, type OpenUpstream } from './side'
import type { Tab } from './tab'

export interface SidesEffects {
  readonly open: OpenUpstream
  /** The tab has more than before. */
  moved(tab: Tab): void
  /** The tab is subscribed to nothing now. */
  refused(): void
  ended(tab: Tab, end: Pick<CloseCode, 'code' | 'reason'>): void
}

/** The tabs of a channel that still have a connection of their own. */
export class Sides {
  readonly #sides = new Map<Tab, Side>()

  constructor(
    private readonly channel: ChannelName,
    private readonly effects: SidesEffects,
  ) {}

  get size(): number {
    return this.#sides.size
  }

  get tabs(): readonly Tab[] {
    return [...this.#sides.keys()]
  }

  of(tab: Tab): Side | undefined {
    return this.#sides.get(tab)
  }

  open(tab: Tab, cursor: Cursor): void {
    const { effects } = this
    const side = new Side(effects.open, this.channel, cursor, {
      line: (line) => tab.line(line),
      moved: () => effects.moved(tab),
      refused: () => {
        this.#sides.delete(tab)
        effects.refused()
      },
      ended: (end) => effects.ended(tab, end),
    })
    this.#sides.set(tab, side)
  }

  close(tab: Tab): void {
    this.#sides.get(tab)?.close()
    this.#sides.delete(tab)
  }

  closeAll(): void {
    for (const tab of this.tabs) this.close(tab)
  }
}
