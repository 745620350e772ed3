import type { JSX } from 'solid-js'
import { Show } from 'solid-js'
import type { Toasts, ToastTone } from '../stores/toasts'
import { texts } from '../texts'
import { BellIcon, CheckIcon, WarningIcon } from './icons'

/** At the lower edge, `dockedHeight` above it. It catches no pointer: it is wider than a toast. */
export const TOAST_REGION =
  'pointer-events-none fixed inset-x-0 z-40 flex flex-col items-center gap-2 p-3 sm:items-end sm:p-5'
export const TOAST_LIST = 'flex w-full max-w-sm flex-col gap-2 outline-none'
export const TOAST_CARD =
  'toast pointer-events-auto flex items-start gap-3 rounded-xl border border-line bg-surface p-3 shadow-2 data-folded:hidden'
export const TOAST_BODY = 'min-w-0 flex-1 py-1 text-sm wrap-anywhere'
export const TOAST_DETAIL = 'line-clamp-2 break-words text-ink-soft'
export const TOAST_CLOSE =
  'rounded-md p-1.5 finger:-m-1.5 finger:p-3 text-ink-faint hover:bg-sunken hover:text-ink'

const TONES: Readonly<
  Record<ToastTone, { readonly class: string; readonly icon: () => JSX.Element }>
> = {
  info: { class: 'bg-accent-soft text-accent', icon: BellIcon },
  success: { class: 'bg-delivered-soft text-delivered', icon: CheckIcon },
  warning: { class: 'bg-cancelled-soft text-cancelled', icon: WarningIcon },
}

export function ToastIcon(props: { readonly tone: ToastTone }): JSX.Element {
  const tone = () => TONES[props.tone]
  return <span class={`rounded-lg p-1.5 ${tone().class}`}>{tone().icon()}</span>
}

/** How many more there are than are in sight; a press brings them. */
export function FoldedToasts(props: { readonly toasts: Toasts }): JSX.Element {
  return (
    <Show when={props.toasts.folded() > 0}>
      <button
        type="button"
        class="pointer-events-auto rounded-full border border-line bg-surface px-3 py-1 finger:min-h-11 text-sm font-medium text-ink-soft tabular-nums shadow-2 hover:bg-sunken hover:text-ink"
        onClick={() => props.toasts.unfold()}
      >
        {texts.toasts.more(props.toasts.folded())}
      </button>
    </Show>
  )
}
