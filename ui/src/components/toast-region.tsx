import { A } from '@solidjs/router'
import type { JSX } from 'solid-js'
import { For, Show } from 'solid-js'
import { useToasts } from '../stores/app'
import type { Toast, ToastTone } from '../stores/toasts'
import { texts } from '../texts'
import { BellIcon, CheckIcon, CloseIcon, WarningIcon } from './icons'

const TONES: Readonly<
  Record<ToastTone, { readonly class: string; readonly icon: () => JSX.Element }>
> = {
  info: { class: 'bg-accent-soft text-accent', icon: BellIcon },
  success: { class: 'bg-delivered-soft text-delivered', icon: CheckIcon },
  warning: { class: 'bg-cancelled-soft text-cancelled', icon: WarningIcon },
}

/** Toasts, newest at the bottom; read out politely, and they wait while somebody is on them. */
export function ToastRegion(): JSX.Element {
  const toasts = useToasts()
  return (
    <section
      aria-label={texts.shell.notifications}
      class="pointer-events-none fixed inset-x-0 top-25 z-40 flex flex-col items-center px-3 sm:top-auto sm:bottom-0 sm:items-end sm:p-5"
      onPointerEnter={toasts.hold}
      onPointerLeave={toasts.release}
      onFocusIn={toasts.hold}
      onFocusOut={toasts.release}
    >
      <ol aria-live="polite" aria-relevant="additions" class="flex w-full max-w-sm flex-col gap-2">
        <For each={toasts.shown()}>{(toast) => <ToastCard toast={toast} />}</For>
      </ol>
    </section>
  )
}

function ToastCard(props: { readonly toast: Toast }): JSX.Element {
  const toasts = useToasts()
  const tone = () => TONES[props.toast.tone]
  return (
    <li
      class="toast pointer-events-auto flex items-start gap-3 rounded-xl border border-line bg-surface p-3 shadow-2"
      data-toast={props.toast.tone}
    >
      <span class={`rounded-lg p-1.5 ${tone().class}`}>{tone().icon()}</span>
      <div class="min-w-0 flex-1 py-1 text-sm">
        <Show when={props.toast.href} fallback={<p class="font-medium">{props.toast.text}</p>}>
          {(href) => (
            <A href={href()} class="block font-medium hover:underline">
              {props.toast.text}
            </A>
          )}
        </Show>
        <Show when={props.toast.detail}>
          <p class="line-clamp-2 break-words text-ink-soft">{props.toast.detail}</p>
        </Show>
      </div>
      <button
        type="button"
        class="rounded-md p-1.5 text-ink-faint hover:bg-sunken hover:text-ink"
        aria-label={texts.shell.dismiss}
        onClick={() => toasts.dismiss(props.toast.id)}
      >
        <CloseIcon />
      </button>
    </li>
  )
}
