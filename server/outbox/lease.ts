import type { Outbox } from './outbox'

/** One relay's view of the lease: who holds it sends, and renews it in good time. */
export class Lease {
  private holding = false
  private renewedAt = -Infinity
  private wakesUs: boolean | null = null

  constructor(
    private readonly outbox: Outbox,
    private readonly holder: string,
    private readonly forMs: number,
  ) {}

  /** As of the last time that it was asked for: false where it may have run out since. */
  get held(): boolean {
    return this.holding && performance.now() - this.renewedAt < this.forMs
  }

  /** Takes or renews it where that is due. False: another relay sends. */
  async take(): Promise<boolean> {
    const now = performance.now()
    if (this.holding && now - this.renewedAt < this.forMs / 3) return true
    if (!this.held) this.wakesUs = null
    this.holding = await this.outbox.lease(this.holder, this.forMs)
    // It runs from when it was asked for, at the latest.
    this.renewedAt = now
    return this.holding
  }

  /** Has writers wake the relay, or not. */
  async wakeUps(on: boolean): Promise<void> {
    if (this.wakesUs === on) return
    await this.outbox.wakeUps(this.holder, on)
    this.wakesUs = on
  }

  async release(): Promise<void> {
    this.holding = false
    await this.outbox.release(this.holder)
  }
}
