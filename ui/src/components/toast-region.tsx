import * as Kobalte from '@kobalte/core/toast'
import { A } from '@solidjs/router'
import type { JSX } from 'solid-js'
import { createEffect, createMemo, mapArray, onCleanup, Show } from 'solid-js'
import { useToasts } from '../stores/app'
import { TOAST_LIMITS, type Toast } from '../stores/toasts'
import { texts } from '../texts'
import { dockedHeight } from './docked'
import { CloseIcon } from './icons'
import { stayWhileOn } from './stay-while-on'
import {
  FoldedToasts,
  TOAST_BODY,
  TOAST_CARD,
  TOAST_CLOSE,
  TOAST_DETAIL,
  TOAST_LIST,
  TOAST_REGION,
  ToastIcon,
} from './toast-look'

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
      aria-label={texts.toasts.region}
      limit={TOAST_LIMITS.maxKept}
      pauseOnPageIdle={false}
      // Kobalte lets it catch the pointer.
      style={{ 'pointer-events': 'none', bottom: `${dockedHeight()}px` }}
      class={TOAST_REGION}
    >
      <FoldedToasts toasts={toasts} />
      <Kobalte.List
        as="div"
        ref={(element: HTMLElement) => stayWhileOn(element, toasts)}
        class={TOAST_LIST}
      />
    </Kobalte.Region>
  )
}

function ToastCard(props: { readonly toastId: number; readonly id: number }): JSX.Element {
  const toasts = useToasts()
  // One that is on its way out keeps its words.
  const toast = createMemo<Toast | undefined>(
    (last) => toasts.shown().find(({ id }) => id === props.id) ?? last,
  )
  const folded = () => {
    const place = toasts.shown().findIndex(({ id }) => id === props.id)
    return place >= 0 && place < toasts.folded()
  }
  // One that comes into sight again was read out before.
  const wasFolded = createMemo<boolean>((was) => was || folded(), false)
  onCleanup(() => toasts.dismiss(props.id))
  return (
    <Show when={toast()}>
      {(shown) => (
        <Kobalte.Root
          as="div"
          toastId={props.toastId}
          persistent
          // How many came is told once; each further one would be chatter.
          aria-live={wasFolded() || shown().amount > TOAST_LIMITS.maxApart + 1 ? 'off' : 'polite'}
          class={TOAST_CARD}
          data-toast={shown().tone}
          data-folded={folded() ? '' : undefined}
        >
          <ToastBody toast={shown()} />
        </Kobalte.Root>
      )}
    </Show>
  )
}

function ToastBody(props: { readonly toast: Toast }): JSX.Element {
  return (
    <>
      <ToastIcon tone={props.toast.tone} />
      <div class={TOAST_BODY}>
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
          <Kobalte.Description class={TOAST_DETAIL}>{props.toast.detail}</Kobalte.Description>
        </Show>
      </div>
      <Kobalte.CloseButton class={TOAST_CLOSE} aria-label={texts.toasts.dismiss}>
        <CloseIcon />
      </Kobalte.CloseButton>
    </>
  )
}
