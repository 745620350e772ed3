import type { JSX } from 'solid-js'
import { For } from 'solid-js'
import { texts } from '../texts'
import { reasonLabel, REASONS, type Reason } from './reasons'

/** Which letters are shown: those of one reason, or all. */
export function ReasonFilter(props: {
  readonly chosen: Reason | null
  readonly onChoose: (reason: Reason | null) => void
}): JSX.Element {
  return (
    <div
      role="group"
      aria-label={texts.letters.reason}
      class="-mx-4 flex gap-1 overflow-x-auto px-4 py-1 sm:mx-0 sm:-ml-1 sm:px-1"
    >
      <For each={[null, ...REASONS]}>
        {(reason) => (
          <button
            type="button"
            class="choice"
            aria-pressed={props.chosen === reason}
            onClick={() => props.onChoose(reason)}
          >
            {reason === null ? texts.letters.all : reasonLabel(reason)}
          </button>
        )}
      </For>
    </div>
  )
}
