import type { OpenSocket, Socket } from '../socket'

/** What lies between a tab and the worker: in order, and as late as the test wants it. */
export class LaggingPort {
  readonly #toHub: (() => void)[] = []
  readonly #toTab: (() => void)[] = []
  readonly #sockets: Socket[] = []

  constructor(private readonly hub: OpenSocket) {}

  readonly openSocket: OpenSocket = (url, listener) => {
    let isDropped = false
    const tell = (run: () => void) =>
      void this.#toTab.push(() => {
        if (!isDropped) run()
      })
    const socket = this.hub(url, {
      opened: () => tell(() => listener.opened()),
      received: (text) => tell(() => listener.received(text)),
      ended: (code, reason) => tell(() => listener.ended(code, reason)),
    })
    this.#sockets.push(socket)
    return {
      send: (text) => void this.#toHub.push(() => socket.send(text)),
      drop: () => {
        isDropped = true
        this.#toHub.push(() => socket.drop())
      },
    }
  }

  get isIdle(): boolean {
    return this.#toHub.length === 0 && this.#toTab.length === 0
  }

  /** Lets up to `count` of what is on its way arrive, in each direction. */
  deliver(count: number): void {
    for (const run of this.#toHub.splice(0, count)) run()
    for (const run of this.#toTab.splice(0, count)) run()
  }

  /** The tab is gone without a word, and the hub was told by the browser. */
  crash(): void {
    this.#toHub.length = 0
    this.#toTab.length = 0
    for (const socket of this.#sockets) socket.drop()
  }
}
