import { A } from '@solidjs/router'
import type { JSX } from 'solid-js'
import { Show } from 'solid-js'
import type { DeadLetter } from '../api'
import { Time } from '../components/time'
import { texts } from '../texts'
import type { Letters } from './letters'
import { knownReason } from './reasons'

export function Part(props: {
  readonly title: string
  readonly children: JSX.Element
}): JSX.Element {
  return (
    <div class="min-w-0">
      <h3 class="mb-1.5 text-sm font-semibold">{props.title}</h3>
      {props.children}
    </div>
  )
}

/** What was wrong, and what usually is behind it. */
export function Trouble(props: { readonly letter: DeadLetter }): JSX.Element {
  const cause = () => {
    const reason = knownReason(props.letter.reason)
    return reason && texts.letters.causes[reason]
  }
  return (
    <Part title={texts.letters.wrong}>
      <p class="break-words" data-detail>
        {props.letter.detail}
      </p>
      <Show when={cause()}>{(text) => <p class="mt-1 text-sm text-ink-soft">{text()}</p>}</Show>
    </Part>
  )
}

/** Whether it was sent back, and what became of that. */
export function Story(props: {
  readonly letter: DeadLetter
  readonly letters: Letters
  readonly onOpen: (id: string) => void
}): JSX.Element {
  const other = (id: string) => (
    <button type="button" class="link" onClick={() => props.onOpen(id)}>
      {texts.letters.letter(id)}
    </button>
  )
  return (
    <Show when={props.letter.redrivenAt ?? props.letter.redriveOf}>
      <div
        class="flex flex-col gap-1 rounded-lg border border-transparent bg-sunken px-3 py-2 text-sm"
        data-story
      >
        <Show when={props.letter.redriveOf}>
          {(id) => (
            <p>
              {texts.letters.cameAs} {other(id())}.
            </p>
          )}
        </Show>
        <Show when={props.letter.redrivenAt}>
          {(at) => (
            <p>
              {texts.letters.sentAt} <Time at={at()} />.
            </p>
          )}
        </Show>
        <Show when={props.letters.refusedAs(props.letter.id)}>
          {(id) => (
            <p class="text-cancelled">
              {texts.letters.refusedAs} {other(id())}.
            </p>
          )}
        </Show>
      </div>
    </Show>
  )
}

export function Facts(props: { readonly letter: DeadLetter }): JSX.Element {
  const fact = (name: string, value: JSX.Element) => (
    <>
      <dt class="text-ink-soft">{name}</dt>
      <dd class="min-w-0 break-all">{value}</dd>
    </>
  )
  return (
    <dl class="grid grid-cols-[auto_minmax(0,1fr)] gap-x-4 gap-y-1.5 text-sm">
      {fact(texts.letters.putAt, <Time at={props.letter.at} />)}
      {fact(
        texts.letters.from,
        <span class="font-mono text-xs">{texts.letters.place(props.letter.source)}</span>,
      )}
      {fact(texts.letters.recordOf, <Time at={props.letter.source.at} />)}
      {fact(
        texts.letters.order,
        <Show when={props.letter.orderId} fallback={texts.letters.unknownOrder}>
          {(orderId) => (
            <A href={`/orders/${encodeURIComponent(orderId())}`} class="link">
              {orderId()}
            </A>
          )}
        </Show>,
      )}
    </dl>
  )
}
