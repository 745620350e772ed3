import * as Kobalte from '@kobalte/core/toast'
import { A } from '@solidjs/router'
import type { JSX } from 'solid-js'
import { createEffect, createMemo, mapArray, onCleanup, Show } from 'solid-js'
import { useToasts } from '../stores/app'
import { TOAST_LIMITS, type Toast, type ToastTone } from '../stores/toasts'
import { texts } from '../texts'
import { BellIcon, CheckIcon, CloseIcon, WarningIcon } from './icons'

const TONES: Readonly<
  Record<ToastTone, { readonly class: string; readonly icon: () => JSX.Element }>
> = {
  info: { class: 'bg-accent-soft text-accent', icon: BellIcon },
  success: { class: 'bg-delivered-soft text-delivered', icon: CheckIcon },
  warning: { class: 'bg-cancelled-soft text-cancelled', icon: WarningIcon },
}

/**
 * Toasts, newest at the bottom; read out politely, and they wait while somebody is on them. What is
 * told, and how long, the store knows; Kobalte has the keys (Alt+T leads to them, Escape closes one),
 * the gestures and the roles.
 */
export function ToastRegion(): JSX.Element {
  const toasts = useToasts()
  createEffect(
    mapArray(
      () => toasts.shown().map(({ id }) => id),
      (id) => {
        const shownAs = Kobalte.toaster.show((props) => (
          <ToastCard toastId={props.toastId} id={id} />
        ))
        onCleanup(() => Kobalte.toaster.dismiss(shownAs))
      },
    ),
  )
  return (
    <Kobalte.Region
      aria-label={texts.shell.notifications}
      limit={TOAST_LIMITS.maxShown}
      pauseOnPageIdle={false}
      // Kobalte lets it catch the pointer; it is wider than what stands in it.
      style={{ 'pointer-events': 'none' }}
      class="fixed inset-x-0 top-25 z-40 flex flex-col items-center px-3 sm:top-auto sm:bottom-0 sm:items-end sm:p-5"
    >
      <Kobalte.List as="div" class="flex w-full max-w-sm flex-col gap-2 outline-none" />
    </Kobalte.Region>
  )
}

function ToastCard(props: { readonly toastId: number; readonly id: number }): JSX.Element {
  const toasts = useToasts()
  // One that is on its way out keeps its words.
  const toast = createMemo<Toast | undefined>(
    (last) => toasts.shown().find(({ id }) => id === props.id) ?? last,
  )
  onCleanup(() => toasts.dismiss(props.id))
  return (
    <Show when={toast()}>
      {(shown) => (
        <Kobalte.Root
          as="div"
          toastId={props.toastId}
          persistent
          // How many came is told once; each further one would be chatter.
          aria-live={shown().amount > TOAST_LIMITS.maxApart + 1 ? 'off' : 'polite'}
          onPause={toasts.hold}
          onResume={toasts.release}
          class="toast pointer-events-auto flex items-start gap-3 rounded-xl border border-line bg-surface p-3 shadow-2"
          data-toast={shown().tone}
        >
          <ToastBody toast={shown()} />
        </Kobalte.Root>
      )}
    </Show>
  )
}

function ToastBody(props: { readonly toast: Toast }): JSX.Element {
  const tone = () => TONES[props.toast.tone]
  return (
    <>
      <span class={`rounded-lg p-1.5 ${tone().class}`}>{tone().icon()}</span>
      <div class="min-w-0 flex-1 py-1 text-sm">
        <Kobalte.Title class="font-medium tabular-nums">
          <Show when={props.toast.href} fallback={props.toast.text}>
            {(href) => (
              <A href={href()} class="block hover:underline">
                {props.toast.text}
              </A>
            )}
          </Show>
        </Kobalte.Title>
        <Show when={props.toast.detail}>
          <Kobalte.Description class="line-clamp-2 break-words text-ink-soft">
            {props.toast.detail}
          </Kobalte.Description>
        </Show>
      </div>
      <Kobalte.CloseButton
        class="rounded-md p-1.5 text-ink-faint hover:bg-sunken hover:text-ink"
        aria-label={texts.shell.dismiss}
      >
        <CloseIcon />
      </Kobalte.CloseButton>
    </>
  )
}
