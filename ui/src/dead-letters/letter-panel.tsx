import { A } from '@solidjs/router'
import type { JSX } from 'solid-js'
import { createUniqueId, onMount, Show } from 'solid-js'
import type { DeadLetter } from '../api'
import { BackIcon, CloseIcon } from '../components/icons'
import { ErrorNotice, Loading } from '../components/notice'
import { Time } from '../components/time'
import { useApi } from '../stores/app'
import { texts } from '../texts'
import { createDetail } from './detail'
import { LetterStateBadge } from './letter-state'
import type { Letters } from './letters'
import { knownReason, reasonLabel } from './reasons'
import { BytesLine, RecordHeaders, RecordValue } from './record-bytes'

interface PanelProps {
  readonly id: string
  readonly letters: Letters
  readonly onClose: () => void
  readonly onOpen: (id: string) => void
  readonly onSend: (letter: DeadLetter) => void
}

/** One letter, beside the list; on a phone in its place. */
export function LetterPanel(props: PanelProps): JSX.Element {
  const titleId = createUniqueId()
  const detail = createDetail(useApi(), () => props.id)
  /** The list knows better what became of it. */
  const letter = () => props.letters.get(props.id) ?? detail.letter()
  let title!: HTMLHeadingElement
  onMount(() => title.focus())

  return (
    <section
      aria-labelledby={titleId}
      class="card flex min-w-0 flex-col lg:sticky lg:top-20 lg:max-h-[calc(100dvh-6.5rem)]"
      data-panel={props.id}
    >
      <div class="flex items-start gap-3 border-b border-line px-4 py-3 sm:px-5">
        <div class="min-w-0 flex-1">
          <h2
            ref={(element) => (title = element)}
            id={titleId}
            tabindex="-1"
            class="font-semibold outline-none"
          >
            {texts.letters.letter(props.id)}
          </h2>
          <Show when={letter()}>
            {(known) => (
              <p class="mt-1 flex flex-wrap items-center gap-x-3 gap-y-1 text-sm text-ink-soft">
                <LetterStateBadge state={props.letters.stateOf(known())} />
                {reasonLabel(known().reason)}
              </p>
            )}
          </Show>
        </div>
        <button
          type="button"
          class="btn btn-plain btn-small -mr-2"
          aria-label={texts.letters.close}
          onClick={() => props.onClose()}
        >
          <span class="lg:hidden">
            <BackIcon />
          </span>
          <span class="hidden lg:block">
            <CloseIcon />
          </span>
        </button>
      </div>
      <div class="flex min-h-0 flex-col gap-5 overflow-y-auto p-4 sm:p-5">
        <Show when={letter()}>
          {(known) => (
            <>
              <Trouble letter={known()} />
              <Story letter={known()} {...props} />
              <Facts letter={known()} />
            </>
          )}
        </Show>
        <Show when={detail.error()}>
          {(error) => <ErrorNotice error={error()} onRetry={() => void detail.load()} />}
        </Show>
        <Show
          when={detail.letter()}
          fallback={
            <Show when={detail.error() === null}>
              <Loading label={texts.letters.loadingOne} rows={2} />
            </Show>
          }
        >
          {(whole) => (
            <>
              <Part title={texts.letters.value}>
                <RecordValue letter={whole()} />
              </Part>
              <Part title={texts.letters.headers}>
                <RecordHeaders letter={whole()} />
              </Part>
              <Part title={texts.letters.key}>
                <p class="font-mono text-xs break-all">
                  <Show when={whole().key !== null} fallback={texts.letters.noKey}>
                    <BytesLine bytes={whole().key ?? ''} />
                  </Show>
                </p>
              </Part>
            </>
          )}
        </Show>
      </div>
      <Show when={letter()}>
        {(known) => (
          <div class="flex justify-end border-t border-line px-4 py-3 sm:px-5">
            <button
              type="button"
              class={`btn btn-small ${known().redrivenAt === null ? 'btn-primary' : 'btn-quiet'}`}
              onClick={() => props.onSend(known())}
            >
              {known().redrivenAt === null ? texts.letters.sendBack : texts.letters.sendAgain}
            </button>
          </div>
        )}
      </Show>
    </section>
  )
}

function Part(props: { readonly title: string; readonly children: JSX.Element }): JSX.Element {
  return (
    <div class="min-w-0">
      <h3 class="mb-1.5 text-sm font-semibold">{props.title}</h3>
      {props.children}
    </div>
  )
}

/** What was wrong, and what usually is behind it. */
function Trouble(props: { readonly letter: DeadLetter }): JSX.Element {
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
function Story(props: { readonly letter: DeadLetter } & PanelProps): JSX.Element {
  const other = (id: string) => (
    <button type="button" class="link" onClick={() => props.onOpen(id)}>
      {texts.letters.letter(id)}
    </button>
  )
  return (
    <Show when={props.letter.redrivenAt ?? props.letter.redriveOf}>
      <div class="flex flex-col gap-1 rounded-lg bg-sunken px-3 py-2 text-sm" data-story>
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
        <Show when={props.letters.refusedAs(props.id)}>
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

function Facts(props: { readonly letter: DeadLetter }): JSX.Element {
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
