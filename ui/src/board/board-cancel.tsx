import type { JSX } from 'solid-js'
import { Show } from 'solid-js'
import { CancelDialog } from '../orders/cancel-dialog'
import type { Board } from '../stores/board'

/** @param seenVersion the version on which the reader based the choice */
export type StartCancel = (orderId: string, seenVersion: number) => void

export interface BoardCancel {
  readonly orderId: string
  readonly seenVersion: number
}

/**
 * Asks about the order that staff want to cancel. Not a part of its row: a row leaves the page when
 * it is pushed out of sight or filtered out, and would take what was typed with it.
 */
export function BoardCancelDialog(props: {
  readonly board: Board
  /** Null: nothing to ask. */
  readonly cancelling: BoardCancel | null
  readonly onClose: () => void
}): JSX.Element {
  return (
    <Show when={props.cancelling} keyed>
      {({ orderId, seenVersion }) => (
        <CancelDialog
          orderId={orderId}
          cancel={(reason) =>
            props.board.changeStatus(orderId, seenVersion, { status: 'cancelled', reason })
          }
          onClose={() => props.onClose()}
        />
      )}
    </Show>
  )
}
