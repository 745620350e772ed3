import type { ClientEvents, ClientProblem } from './api'

type Listeners = { [Event in keyof ClientEvents]?: Set<ClientEvents[Event]> }

/** The listeners of a client. None of them can keep another from an event, or break the client. */
export class Emitter {
  readonly #listeners: Listeners = {}

  on<Event extends keyof ClientEvents>(event: Event, listener: ClientEvents[Event]): () => void {
    const listeners: Set<ClientEvents[Event]> = (this.#listeners[event] ??= new Set() as never)
    // A listener added twice is called twice, and removed one by one.
    const own = ((...args: never[]) =>
      (listener as (...args: never[]) => void)(...args)) as ClientEvents[Event]
    listeners.add(own)
    return () => void listeners.delete(own)
  }

  emit<Event extends keyof ClientEvents>(
    event: Event,
    ...args: Parameters<ClientEvents[Event]>
  ): void {
    const listeners = this.#listeners[event]
    if (!listeners) {
      if (event === 'error') reportToPlatform((args[0] as ClientProblem).error)
      return
    }
    for (const listener of [...listeners]) {
      try {
        ;(listener as (...args: Parameters<ClientEvents[Event]>) => void)(...args)
      } catch (error) {
        if (event === 'error') reportToPlatform(error)
        else this.emit('error', { source: 'app', error })
      }
    }
  }
}

function reportToPlatform(error: unknown): void {
  if (typeof reportError === 'function') reportError(error)
  else console.error(error)
}
