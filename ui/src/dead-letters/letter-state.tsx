import type { JSX } from 'solid-js'
import { BADGE, BadgeDot } from '../components/badge'
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
    <span class={`${BADGE} ${TONES[props.state]}`} data-state={props.state}>
      <BadgeDot />
      {texts.letters.states[props.state]}
    </span>
  )
}
