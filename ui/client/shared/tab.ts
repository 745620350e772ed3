import type { CloseCode } from '../../../server/protocol/close-codes'
import { ERROR_CODES, type ErrorCode } from '../../../server/protocol/error-codes'
import { encodeFrame, joinFrames, type ServerFrame } from '../../../server/protocol/frames'
import type { SocketListener } from '../socket'

/** The hub's end of one tab's socket: gathers what is sent in one go into one frame. */
export class Tab {
  #lines: string[] = []
  #isOver = false

  constructor(
    readonly url: string,
    private readonly listener: SocketListener,
  ) {}

  get isOver(): boolean {
    return this.#isOver
  }

  opened(): void {
    if (!this.#isOver) this.listener.opened()
  }

  line(line: string): void {
    if (this.#isOver) return
    this.#lines.push(line)
    if (this.#lines.length === 1) queueMicrotask(() => this.#flush())
  }

  send(frame: ServerFrame): void {
    this.line(encodeFrame(frame))
  }

  error(code: ErrorCode, message: string = ERROR_CODES[code]): void {
    this.send({ event: 'error', data: { code, message } })
  }

  end({ code, reason }: Pick<CloseCode, 'code' | 'reason'>): void {
    if (this.#isOver) return
    this.#flush()
    this.drop()
    this.listener.ended(code, reason)
  }

  /** Nobody is there any more. */
  drop(): void {
    this.#isOver = true
    this.#lines = []
  }

  #flush(): void {
    const lines = this.#lines
    this.#lines = []
    if (lines.length > 0 && !this.#isOver) this.listener.received(joinFrames(lines))
  }
}
