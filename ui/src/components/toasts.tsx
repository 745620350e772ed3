import type { Component, JSX } from 'solid-js'
import { createSignal, ErrorBoundary, onCleanup, onMount, Show } from 'solid-js'
import { PlainToasts } from './plain-toasts'

const RETRY_MS = 15_000

/** The region of toasts: plain at first, and with gestures and keys once its part is loaded. */
export function ToastsOutlet(): JSX.Element {
  const [region, setRegion] = createSignal<Component>()
  let retry: ReturnType<typeof setTimeout> | undefined

  function load(): void {
    if (region()) return
    clearTimeout(retry)
    import('./toast-region').then(
      ({ ToastRegion }) => setRegion(() => ToastRegion),
      () => (retry = setTimeout(load, RETRY_MS)),
    )
  }

  onMount(load)
  window.addEventListener('online', load)
  onCleanup(() => {
    clearTimeout(retry)
    window.removeEventListener('online', load)
  })
  return (
    <Show when={region()} fallback={<PlainToasts />} keyed>
      {(Region) => (
        <ErrorBoundary fallback={<PlainToasts />}>
          <Region />
        </ErrorBoundary>
      )}
    </Show>
  )
}
