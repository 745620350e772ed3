import type { JSX } from 'solid-js'
import { Show } from 'solid-js'
import type { DeadLetter } from '../api'
import { Time } from '../components/time'
import { texts } from '../texts'
import { LetterStateBadge } from './letter-state'
import type { LetterState } from './letters'
import { reasonLabel } from './reasons'

/** A letter in the list: two lines beside each other where there is room, else below each other. */
export function LetterRow(props: {
  readonly letter: DeadLetter
  readonly state: LetterState
  /** It is the one that is looked at. */
  readonly open: boolean
  readonly chosen: boolean
  readonly onChoose: (chosen: boolean) => void
  readonly onOpen: () => void
}): JSX.Element {
  return (
    <li
      class="relative flex items-start gap-3 border-b border-line px-4 py-3 last:border-b-0"
      classList={{
        'bg-accent-soft forced-colors:border-l-6 forced-colors:pl-2.5 forced-colors:border-l-[Highlight]':
          props.open,
        'hover:bg-sunken/60': !props.open,
      }}
      data-letter={props.letter.id}
    >
      {/* As high as the row, so that a finger does not open what it means to select. */}
      <label class="relative z-1 -my-3 -mr-3 -ml-4 shrink-0 cursor-pointer self-stretch py-3.5 pr-3 pl-4">
        <input
          type="checkbox"
          class="block size-4.5 cursor-pointer accent-accent"
          aria-label={texts.letters.select(props.letter.id)}
          checked={props.chosen}
          onChange={(event) => props.onChoose(event.currentTarget.checked)}
        />
      </label>
      <div class="grid min-w-0 flex-1 grid-cols-[minmax(0,1fr)_auto] gap-x-4 gap-y-1 @3xl:grid-cols-[minmax(0,1fr)_13rem_10.5rem_8.25rem] @3xl:items-center">
        <div class="contents @3xl:block">
          <button
            type="button"
            class="text-left text-sm font-semibold after:absolute after:inset-0"
            aria-current={props.open ? 'true' : undefined}
            onClick={() => props.onOpen()}
          >
            {reasonLabel(props.letter.reason)}
            <span class="sr-only">{texts.letters.named(props.letter.id)}</span>
          </button>
          <p class="col-span-2 row-start-2 line-clamp-2 text-sm break-words text-ink-soft @3xl:line-clamp-1">
            {props.letter.detail}
          </p>
        </div>
        <div class="col-span-2 row-start-3 min-w-0 text-xs text-ink-soft @3xl:col-span-1 @3xl:col-start-2 @3xl:row-start-1">
          <p class="truncate font-mono">{texts.letters.place(props.letter.source)}</p>
          <Show when={props.letter.orderId}>
            {(orderId) => (
              <p class="truncate">
                {texts.letters.ofOrder} <span class="font-mono">{orderId()}</span>
              </p>
            )}
          </Show>
        </div>
        <p class="col-span-2 row-start-4 text-xs text-ink-soft @3xl:col-span-1 @3xl:col-start-3 @3xl:row-start-1 @3xl:text-sm">
          <Time at={props.letter.at} />
        </p>
        <div class="col-start-2 row-start-1 justify-self-end @3xl:col-start-4">
          <LetterStateBadge state={props.state} />
        </div>
      </div>
    </li>
  )
}
