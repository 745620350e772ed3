import type { JSX } from 'solid-js'
import { Show } from 'solid-js'
import { orderNumber } from '../../../server/protocol/order'
import { Dialog } from '../components/dialog'
import { texts } from '../texts'
import { useDesk, type SeenOrder } from './board-desk'
import { focusOrderIfLost } from './focus-order'

const MAX_REASON = 500
const say = texts.board.cancel

/**
 * Asks about orders that staff want to cancel. Not a part of a row: a row leaves the page when it is
 * pushed out of sight or filtered out, and would take what was typed with it.
 */
export function BoardCancelDialog(): JSX.Element {
  const desk = useDesk()
  return (
    <Show when={desk.cancelling()} keyed>
      {(orders) => <CancelForm orders={orders} />}
    </Show>
  )
}

function CancelForm(props: { readonly orders: readonly SeenOrder[] }): JSX.Element {
  const desk = useDesk()
  let reason!: HTMLTextAreaElement
  const count = () => props.orders.length

  function onSubmit(event: SubmitEvent): void {
    event.preventDefault()
    const orderIds = props.orders.map(({ orderId }) => orderId)
    desk.answerCancel(reason.value.trim())
    // What led here, the order's list of statuses or the bar of the selection, is gone by now.
    focusOrderIfLost(...orderIds)
  }

  return (
    <Dialog
      title={say.title(props.orders.map(({ orderId }) => orderNumber(orderId)))}
      onClose={() => desk.answerCancel(null)}
    >
      <p class="text-sm text-ink-soft">{say.text}</p>
      <form class="flex flex-col gap-4" onSubmit={onSubmit}>
        <div>
          <label class="label" for="board-cancel-reason">
            {texts.orders.dialog.reason}{' '}
            <span class="font-normal text-ink-faint">({texts.common.optional})</span>
          </label>
          <textarea
            ref={(element) => (reason = element)}
            id="board-cancel-reason"
            class="control"
            rows="3"
            maxlength={MAX_REASON}
          />
        </div>
        <div class="flex flex-col-reverse gap-2 sm:flex-row sm:justify-end">
          <button type="button" class="btn btn-quiet" onClick={() => desk.answerCancel(null)}>
            {say.keep(count())}
          </button>
          <button type="submit" class="btn btn-danger-solid">
            {say.confirm(count())}
          </button>
        </div>
      </form>
    </Dialog>
  )
}
