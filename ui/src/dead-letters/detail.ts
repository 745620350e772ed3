import { createSignal, onCleanup } from 'solid-js'
import type { Api, DeadLetterDetail } from '../api'

/** One letter with all that is known of it. */
export interface Detail {
  /** Reactive; undefined until it is there. */
  readonly letter: () => DeadLetterDetail | undefined
  /** Reactive: why it could not be read; null while there is no trouble. */
  readonly error: () => unknown
  readonly load: () => Promise<void>
}

/** Owned; loads at once. Not a resource, which would take the whole page away while it loads. */
export function createDetail(api: Pick<Api, 'deadLetter'>, id: () => string): Detail {
  const [letter, setLetter] = createSignal<DeadLetterDetail>()
  const [error, setError] = createSignal<unknown>(null)
  const asking = new AbortController()
  onCleanup(() => asking.abort())

  async function load(): Promise<void> {
    setError(null)
    try {
      setLetter(await api.deadLetter(id(), asking.signal))
    } catch (failure) {
      if (!asking.signal.aborted) setError(failure)
    }
  }
  void load()
  return { letter, error, load }
}
