import { encodeFrame, type HeartbeatFrame } from '../../../server/protocol/frames'
import type { Tab } from './tab'

/** The tabs that get everything of a channel. */
export class Audience {
  readonly #tabs = new Set<Tab>()
  /** Those who were not told which event was the last: heartbeats must not count on it. */
  readonly #unaware = new Set<Tab>()
  /** The newest figures: absolute, so that who comes later needs no others. */
  #stats: string | null = null

  get size(): number {
    return this.#tabs.size
  }

  get unaware(): readonly Tab[] {
    return [...this.#unaware]
  }

  has(tab: Tab): boolean {
    return this.#tabs.has(tab)
  }

  join(tab: Tab, isAware: boolean): void {
    this.#tabs.add(tab)
    if (!isAware) this.#unaware.add(tab)
    if (this.#stats !== null) tab.line(this.#stats)
  }

  leave(tab: Tab): void {
    this.#tabs.delete(tab)
    this.#unaware.delete(tab)
  }

  clear(): void {
    this.#tabs.clear()
    this.#unaware.clear()
    this.#stats = null
  }

  tell(line: string): void {
    for (const tab of this.#tabs) tab.line(line)
  }

  event(line: string): void {
    this.tell(line)
    this.#unaware.clear()
  }

  heartbeat(data: HeartbeatFrame['data'], line: string): void {
    const untold = encodeFrame({ event: 'heartbeat', data: { ...data, last: null } })
    for (const tab of this.#tabs) tab.line(this.#unaware.has(tab) ? untold : line)
  }

  stats(line: string): void {
    this.#stats = line
    this.tell(line)
  }
}
