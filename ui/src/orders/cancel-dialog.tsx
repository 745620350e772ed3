import type { JSX } from 'solid-js'
import { createSignal, Show } from 'solid-js'
import { orderNumber } from '../../../server/protocol/order'
import { Dialog } from '../components/dialog'
import { ErrorNotice } from '../components/notice'

const MAX_REASON = 500

/** Asks whether an order shall really be cancelled, and why. */
export function CancelDialog(props: {
  readonly orderId: string
  /** Resolves when it is cancelled; what it rejects with is shown here. */
  readonly cancel: (reason: string) => Promise<void>
  readonly onClose: () => void
}): JSX.Element {
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
      setError(failure)
    } finally {
      setBusy(false)
    }
  }

  return (
    <Dialog title={`Cancel order #${orderNumber(props.orderId)}?`} onClose={() => props.onClose()}>
      <p class="text-sm text-ink-soft">It will not be delivered. This cannot be undone.</p>
      <form class="flex flex-col gap-4" onSubmit={(event) => void onSubmit(event)}>
        <div>
          <label class="label" for="cancel-reason">
            Reason <span class="font-normal text-ink-faint">(optional)</span>
          </label>
          <textarea
            ref={(element) => (reason = element)}
            id="cancel-reason"
            class="control"
            rows="3"
            maxlength={MAX_REASON}
          />
        </div>
        <Show when={error() !== null}>
          <ErrorNotice error={error()} />
        </Show>
        <div class="flex flex-col-reverse gap-2 sm:flex-row sm:justify-end">
          <button type="button" class="btn btn-quiet" onClick={() => props.onClose()}>
            Keep the order
          </button>
          <button type="submit" class="btn btn-danger-solid" disabled={busy()}>
            Cancel the order
          </button>
        </div>
      </form>
    </Dialog>
  )
}
