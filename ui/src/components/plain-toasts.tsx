import { A } from '@solidjs/router'
import type { JSX } from 'solid-js'
import { For, Show } from 'solid-js'
import { useToasts } from '../stores/app'
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

/** Toasts before their own part is loaded, or where it cannot be: none is missing without a word. */
export function PlainToasts(): JSX.Element {
  const toasts = useToasts()
  return (
    <section
      aria-label={texts.toasts.region}
      class={TOAST_REGION}
      style={{ bottom: `${dockedHeight()}px` }}
    >
      <FoldedToasts toasts={toasts} />
      <div
        ref={(element) => stayWhileOn(element, toasts)}
        role="status"
        aria-atomic="false"
        class={TOAST_LIST}
      >
        <For each={toasts.shown()}>
          {(toast, index) => (
            <div
              class={TOAST_CARD}
              data-toast={toast.tone}
              data-folded={index() < toasts.folded() ? '' : undefined}
            >
              <ToastIcon tone={toast.tone} />
              <div class={TOAST_BODY}>
                <p class="font-medium tabular-nums">
                  <Show when={toast.href} fallback={toast.text}>
                    {(href) => (
                      <A href={href()} class="block hover:underline">
                        {toast.text}
                      </A>
                    )}
                  </Show>
                </p>
                <Show when={toast.detail}>
                  <p class={TOAST_DETAIL}>{toast.detail}</p>
                </Show>
              </div>
              <button
                type="button"
                class={TOAST_CLOSE}
                aria-label={texts.toasts.dismiss}
                onClick={() => toasts.dismiss(toast.id)}
              >
                <CloseIcon />
              </button>
            </div>
          )}
        </For>
      </div>
    </section>
  )
}
