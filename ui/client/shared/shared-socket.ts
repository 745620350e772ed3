import { CLOSE_CODES } from '../../../server/protocol/close-codes'
import { systemClock, type Clock } from '../clock'
import { openWebSocket, type OpenSocket, type Socket, type SocketListener } from '../socket'
import type { FromTab, FromWorker, Introduction } from './port'

/** So much is told to be taken at once: the worker gives up on a tab only with many times as much. */
const TOOK_CHARACTERS = 100_000
/** A worker that has not answered by then never will. */
const START_TIMEOUT_MS = 3_000

export interface SharedSocketOptions {
  /** Starts or finds the worker, whose script is `worker.ts`. May throw. */
  readonly start: () => SharedWorker
  /** Test seams. Defaults: the platform's. */
  readonly openSocket?: OpenSocket
  readonly clock?: Clock
}

/**
 * Sockets that all tabs of a browser share. Where that cannot be (no SharedWorker, no Web Locks, which
 * only secure origins have, a worker that does not start) it opens one of the tab's own.
 */
export function createSharedSocket(options: SharedSocketOptions): OpenSocket {
  const { start, openSocket = openWebSocket, clock = systemClock } = options
  let worker: SharedWorker | null = null
  let canShare = typeof SharedWorker === 'function' && 'locks' in navigator

  function find(): SharedWorker | null {
    // Without a network there is nothing to share but attempts.
    if (!canShare || !navigator.onLine) return null
    try {
      return (worker ??= start())
    } catch {
      canShare = false
      return null
    }
  }

  return (url, listener) => {
    const shared = find()
    if (!shared) return openSocket(url, listener)
    return new PortSocket(shared, url, listener, clock, () => {
      canShare = false
      return openSocket(url, listener)
    })
  }
}

/** A socket through the worker, until that turns out not to run: then `openOwn`. */
class PortSocket implements Socket {
  readonly #channel = new MessageChannel()
  readonly #leaving = new AbortController()
  #own: Socket | null = null
  /** The worker runs. */
  #heard = false
  /** Characters that were taken, and of which the worker was not told. */
  #taken = 0
  #letGo = () => {}

  constructor(
    worker: SharedWorker,
    url: string,
    private readonly listener: SocketListener,
    clock: Clock,
    openOwn: () => Socket,
  ) {
    const { signal } = this.#leaving
    const failed = () => {
      if (signal.aborted || this.#heard) return
      this.#leave()
      this.#own = openOwn()
    }
    const cancelTimeout = clock.after(START_TIMEOUT_MS, failed)
    signal.addEventListener('abort', cancelTimeout)
    worker.addEventListener('error', failed, { signal })
    addEventListener('pagehide', () => this.#lost(), { signal })
    this.#channel.port1.onmessage = ({ data }: MessageEvent<FromWorker>) => {
      this.#heard = true
      cancelTimeout()
      this.#told(data)
    }
    const lock = `orderwire:${crypto.randomUUID()}`
    const holding = navigator.locks.request(lock, () => {
      if (signal.aborted) return
      const introduction: Introduction = { url, lock }
      worker.port.postMessage(introduction, [this.#channel.port2])
      return new Promise<void>((letGo) => (this.#letGo = letGo))
    })
    holding.catch(failed)
  }

  send(text: string): void {
    if (this.#own) this.#own.send(text)
    else if (!this.#leaving.signal.aborted) this.#post({ kind: 'send', text })
  }

  drop(): void {
    this.#own?.drop()
    this.#leave()
  }

  #told(told: FromWorker): void {
    if (this.#leaving.signal.aborted) return
    switch (told.kind) {
      case 'opened':
        return this.listener.opened()
      case 'received':
        try {
          return this.listener.received(told.text)
        } finally {
          this.#took(told.text.length)
        }
      case 'ended':
        this.#leave()
        return this.listener.ended(told.code, told.reason)
    }
  }

  #took(characters: number): void {
    this.#taken += characters
    if (this.#taken < TOOK_CHARACTERS) return
    this.#post({ kind: 'took', characters: this.#taken })
    this.#taken = 0
  }

  /** The page may be kept for the way back, and must hold nothing then: it connects anew. */
  #lost(): void {
    this.#leave()
    this.listener.ended(CLOSE_CODES.abnormal.code, CLOSE_CODES.abnormal.reason)
  }

  #leave(): void {
    if (this.#leaving.signal.aborted) return
    this.#post({ kind: 'drop' })
    this.#leaving.abort()
    this.#channel.port1.close()
    this.#letGo()
  }

  #post(told: FromTab): void {
    this.#channel.port1.postMessage(told)
  }
}
