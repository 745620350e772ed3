import type { JSX } from 'solid-js'
import { createSignal, For, Show } from 'solid-js'
import { orderNumber } from '../../../server/protocol/order'
import { Dialog } from '../components/dialog'
import { ErrorNotice } from '../components/notice'
import { isOffline, Problem } from '../problem'
import { useSession } from '../stores/app'
import { orderHref } from '../stores/order-links'
import { texts } from '../texts'

const MAX_REASON = 500
const { dialog } = texts.orders

/** Asks whether an order shall really be cancelled, and why. */
export function CancelDialog(props: {
  readonly orderId: string
  /** Resolves when it is cancelled; what it rejects with is shown here. */
  readonly cancel: (reason: string) => Promise<void>
  readonly onClose: () => void
}): JSX.Element {
  const session = useSession()
  const [busy, setBusy] = createSignal(false)
  const [error, setError] = createSignal<unknown>(null)
  let reason!: HTMLTextAreaElement

  async function onSubmit(event: SubmitEvent): Promise<void> {
    event.preventDefault()
    setBusy(true)
    setError(null)
    try {
      await props.cancel(reason.value.trim())
      props.onClose()
    } catch (failure) {
      setError(forReaders(failure))
    } finally {
      setBusy(false)
    }
  }

  const suggestions = () =>
    session.identity()?.role === 'staff' ? dialog.fromStaff : dialog.fromCustomer

  function take(suggestion: string): void {
    reason.value = suggestion
    reason.focus()
  }

  return (
    <Dialog
      title={dialog.title(orderNumber(props.orderId))}
      onClose={() => props.onClose()}
      goOnAt={() => placeOf(props.orderId)}
    >
      <p class="text-sm text-ink-soft">{dialog.text}</p>
      <form class="flex flex-col gap-4" onSubmit={(event) => void onSubmit(event)}>
        <div>
          <label class="label" for="cancel-reason">
            {dialog.reason}{' '}
            <span class="font-normal text-ink-faint">({texts.common.optional})</span>
          </label>
          <textarea
            ref={(element) => (reason = element)}
            id="cancel-reason"
            class="control"
            rows="3"
            maxlength={MAX_REASON}
          />
          <div role="group" aria-label={dialog.suggestions} class="mt-2 flex flex-wrap gap-2">
            <For each={suggestions()}>
              {(suggestion) => (
                <button
                  type="button"
                  class="rounded-full border border-line px-3 py-1 finger:min-h-11 finger:px-4 text-sm text-ink-soft hover:bg-sunken hover:text-ink"
                  onClick={() => take(suggestion)}
                >
                  {suggestion}
                </button>
              )}
            </For>
          </div>
        </div>
        <Show when={error() !== null}>
          <ErrorNotice error={error()} />
        </Show>
        <div class="flex flex-col-reverse gap-2 sm:flex-row sm:justify-end">
          <button type="button" class="btn btn-quiet" onClick={() => props.onClose()}>
            {dialog.keep}
          </button>
          <button type="submit" class="btn btn-danger-solid" disabled={busy()}>
            {dialog.cancel}
          </button>
        </div>
      </form>
    </Dialog>
  )
}

function forReaders(failure: unknown): unknown {
  if (!(failure instanceof Problem)) return failure
  const { refused } = dialog
  const code = isOffline(failure) ? 'offline' : failure.code
  return code in refused ? new Error(refused[code as keyof typeof refused]) : failure
}

/** Where an order stands whose button to cancel it is gone: its link in the list, or its page's heading. */
function placeOf(orderId: string): HTMLElement | null {
  const main = document.getElementById('main')!
  return (
    main.querySelector<HTMLElement>(`a[href="${CSS.escape(orderHref(orderId))}"]`) ??
    main.querySelector('h1')
  )
}
