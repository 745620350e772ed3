import type { JSX } from 'solid-js'
import { texts } from '../texts'
import type { LetterState } from './letters'

const TONES: Readonly<Record<LetterState, string>> = {
  waiting: 'bg-sunken text-ink-soft',
  sent: 'bg-delivered-soft text-delivered',
  refused: 'bg-cancelled-soft text-cancelled',
}

/** What became of a letter, in two words. */
export function LetterStateBadge(props: { readonly state: LetterState }): JSX.Element {
  return (
    <span
      class={`inline-flex items-center gap-1.5 rounded-full py-0.5 pr-2.5 pl-2 text-sm font-medium whitespace-nowrap forced-colors:border ${TONES[props.state]}`}
      data-state={props.state}
    >
      <span
        class="size-1.5 rounded-full bg-current forced-colors:bg-[CanvasText]"
        aria-hidden="true"
      />
      {texts.letters.states[props.state]}
    </span>
  )
}
