import { CHANNEL_NAMES, type ChannelName } from '../../server/protocol/frames'
import type { ClientOptions, ClientProblem, Place } from './api'
import type { Clock } from './clock'
import { type Kept, type KeptChannels, keptChannels } from './kept'
import { keptVersions, SeenVersions } from './seen'

/** A burst of events is one write. */
const WRITE_AFTER_MS = 1_000

export interface KeeperOptions extends Pick<ClientOptions, 'storage' | 'subject' | 'keep'> {
  readonly clock: Clock
  place(channel: ChannelName): Place | null
  problem(problem: ClientProblem): void
}

/** What outlives a reload: channels (state and place together) and seen versions; written in batches. */
export class Keeper {
  readonly seen = new SeenVersions(() => this.#schedule())
  readonly #options: KeeperOptions
  readonly #channels: KeptChannels | null
  readonly #versions: ReturnType<typeof keptVersions> | null
  readonly #changed = new Set<ChannelName>()
  #cancelWrite: (() => void) | null = null
  #forgotten = false

  constructor(options: KeeperOptions) {
    const { storage, subject } = options
    this.#options = options
    this.#channels = storage ? keptChannels(storage, subject) : null
    this.#versions = storage ? keptVersions(storage, subject) : null
  }

  /** Takes over what was kept for the subject; what was another's is dropped, whatever is asked for later. */
  open(): void {
    for (const name of CHANNEL_NAMES) this.restore(name)
    this.#guard(() => this.#versions && this.seen.restore(this.#versions))
  }

  restore(channel: ChannelName): Kept | null {
    return this.#guard(() => this.#channels?.[channel].read()) ?? null
  }

  /** The channel's place or state is another one. */
  changed(channel: ChannelName): void {
    if (!this.#channels || !this.#options.keep?.[channel]) return
    this.#changed.add(channel)
    this.#schedule()
  }

  drop(channel: ChannelName): void {
    this.#changed.delete(channel)
    this.#guard(() => this.#channels?.[channel].remove())
  }

  /** Writes what has changed, now. */
  flush(): void {
    this.#cancelWrite?.()
    this.#cancelWrite = null
    if (this.#forgotten) return
    for (const channel of this.#changed) this.#write(channel)
    this.#changed.clear()
    this.#guard(() => this.#versions && this.seen.flush(this.#versions))
  }

  /** What comes in afterwards, as the answer to a command of before, leaves nothing behind. */
  forget(): void {
    this.#forgotten = true
    this.#cancelWrite?.()
    this.#cancelWrite = null
    for (const channel of CHANNEL_NAMES) this.drop(channel)
    this.seen.clear()
    this.#guard(() => this.#versions?.remove())
  }

  #write(channel: ChannelName): void {
    const place = this.#options.place(channel)
    if (!place) return this.drop(channel)
    let kept: Kept
    try {
      const { items, next } = this.#options.keep![channel]!()
      kept = { ...place, items, ...(next !== undefined && { next }) }
    } catch (error) {
      this.drop(channel)
      return this.#options.problem({ source: 'app', error })
    }
    const written = this.#guard(() => {
      this.#channels?.[channel].write(kept)
      return true
    })
    // An older state with its older place would be sound, but where the storage is full, room helps.
    if (!written) this.drop(channel)
  }

  #schedule(): void {
    if (!this.#options.storage || this.#forgotten) return
    this.#cancelWrite ??= this.#options.clock.after(WRITE_AFTER_MS, () => this.flush())
  }

  #guard<Result>(access: () => Result): Result | undefined {
    try {
      return access()
    } catch (error) {
      this.#options.problem({ source: 'storage', error })
      return undefined
    }
  }
}
