import type { JSX } from 'solid-js'
import { Show } from 'solid-js'
import { problemText } from '../problem'
import { texts } from '../texts'
import { WarningIcon } from './icons'

/** Something went wrong: what, and what can be done about it. Read out at once. */
export function ErrorNotice(props: {
  readonly error: unknown
  readonly onRetry?: () => void
}): JSX.Element {
  return (
    <div
      role="alert"
      class="flex flex-wrap items-center gap-x-3 gap-y-2 rounded-lg border border-cancelled/30 bg-cancelled-soft px-4 py-3 text-sm text-cancelled"
    >
      <WarningIcon />
      <p class="min-w-0 flex-1 basis-48 wrap-anywhere">{problemText(props.error)}</p>
      <Show when={props.onRetry}>
        {(retry) => (
          <button type="button" class="btn btn-quiet btn-small" onClick={() => retry()()}>
            {texts.common.tryAgain}
          </button>
        )}
      </Show>
    </div>
  )
}

/** Nothing to show: why, and where to go. */
export function EmptyState(props: {
  readonly title: string
  readonly text: string
  /** It is all that the page has to say: its title is the page's. */
  readonly alone?: boolean
  readonly children?: JSX.Element
}): JSX.Element {
  return (
    <div class="card flex flex-col items-center gap-1 px-6 py-14 text-center">
      <Show when={props.alone} fallback={<h2 class="text-lg font-semibold">{props.title}</h2>}>
        <h1 class="text-lg font-semibold">{props.title}</h1>
      </Show>
      <p class="max-w-sm text-balance text-ink-soft">{props.text}</p>
      <Show when={props.children}>
        <div class="mt-4 flex flex-wrap justify-center gap-2">{props.children}</div>
      </Show>
    </div>
  )
}

/** Stands in for what is being loaded; `label` is what a screen reader hears. */
export function Loading(props: {
  readonly label: string
  readonly rows?: number
  readonly class?: string
}): JSX.Element {
  return (
    <div role="status" class={props.class ?? 'flex flex-col gap-3'}>
      <span class="sr-only">{props.label}</span>
      {Array.from({ length: props.rows ?? 4 }, () => (
        <div class="skeleton h-20" aria-hidden="true" />
      ))}
    </div>
  )
}
