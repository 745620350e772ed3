import type { JSX } from 'solid-js'
import { createUniqueId, onCleanup } from 'solid-js'
import type { HeldChanges, HeldGroup } from '../stores/held-changes'
import { texts } from '../texts'
import { useDesk } from './board-desk'
import { focusOrderIfLost } from './focus-order'
import { createSecondsTo } from './seconds-to'

const say = texts.board.held

/** When what is held is sent, and the button that takes it back. */
export function UndoHeld(props: { readonly group: HeldGroup }): JSX.Element {
  const { changes } = useDesk().board
  const timerId = createUniqueId()
  const secondsLeft = createSecondsTo(() => props.group.dueAt)

  function undo(): void {
    const orderIds = props.group.changes.map(({ orderId }) => orderId)
    changes.undo(props.group.id)
    focusOrderIfLost(...orderIds)
  }

  return (
    <>
      <span
        id={timerId}
        role="timer"
        aria-live="off"
        class="whitespace-nowrap text-ink-soft tabular-nums"
      >
        {say.left(secondsLeft())}
      </span>
      <button
        type="button"
        class="btn btn-plain btn-small text-accent"
        aria-keyshortcuts="z"
        aria-describedby={timerId}
        onClick={undo}
      >
        {say.undo}
      </button>
    </>
  )
}

/**
 * Owned; for `ref`. While the pointer or the focus is on the element a held group waits, and has its
 * full time again afterwards.
 */
export function waitWhileOn(
  element: HTMLElement,
  changes: Pick<HeldChanges, 'pause' | 'resume'>,
  group: number,
): void {
  let waits = false
  function pause(): void {
    if (!waits) changes.pause(group)
    waits = true
  }
  const resume = () =>
    queueMicrotask(() => {
      if (!waits || element.matches(':hover, :focus-within')) return
      waits = false
      changes.resume(group)
    })
  element.addEventListener('pointermove', ({ movementX, movementY }) => {
    // What appears below a pointer at rest was not meant.
    if (movementX !== 0 || movementY !== 0) pause()
  })
  element.addEventListener('pointerleave', resume)
  element.addEventListener('focusin', pause)
  element.addEventListener('focusout', resume)
  onCleanup(() => {
    if (waits) changes.resume(group)
  })
}
