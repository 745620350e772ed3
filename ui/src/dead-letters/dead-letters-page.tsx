import { A, useLocation, useSearchParams } from '@solidjs/router'
import type { JSX } from 'solid-js'
import { createEffect, createMemo, createSignal, Match, on, Show, Switch } from 'solid-js'
import type { DeadLetter } from '../api'
import { EmptyState, ErrorNotice, Loading } from '../components/notice'
import { Time } from '../components/time'
import { Title } from '../components/title'
import { SignInFirst } from '../session/sign-in-first'
import { useApi, useCatalogue, useLive } from '../stores/app'
import { texts } from '../texts'
import { createLetters, type Letters } from './letters'
import { LetterList } from './letter-list'
import { LetterPanel } from './letter-panel'
import { ReasonFilter } from './reason-filter'
import { knownReason } from './reasons'
import { RedriveDialog } from './redrive-dialog'
import { createRefreshing } from './refreshing'
import { createSelection } from './selection'

/** Letters come rarely; whoever has just sent one back waits for what becomes of it. */
const REFRESH_MS = 3_000

export function DeadLettersPage(): JSX.Element {
  const live = useLive()
  const catalogue = useCatalogue()
  const location = useLocation()
  return (
    <>
      <Title>{texts.letters.title}</Title>
      <h1 class="page-title">{texts.letters.title}</h1>
      <p class="mt-1 mb-4 max-w-3xl text-ink-soft">{texts.letters.about}</p>
      <Show
        when={live()}
        fallback={
          <SignInFirst
            to={`${location.pathname}${location.search}`}
            text={texts.letters.signInText}
          />
        }
        keyed
      >
        {(now) => (
          <Switch fallback={<LetterDesk />}>
            <Match when={now.identity.role !== 'staff'}>
              <div role="alert">
                <EmptyState
                  title={texts.letters.staffOnly.title}
                  text={texts.letters.staffOnly.text(now.identity.name)}
                >
                  <A href="/" class="btn btn-quiet">
                    {texts.common.goToShop}
                  </A>
                </EmptyState>
              </div>
            </Match>
            <Match when={catalogue.settings()?.deadLetters === false}>
              <EmptyState title={texts.letters.nowhere.title} text={texts.letters.nowhere.text}>
                <A href="/board" class="btn btn-quiet">
                  {texts.shell.board}
                </A>
              </EmptyState>
            </Match>
          </Switch>
        )}
      </Show>
    </>
  )
}

/** List and letter. Which is shown stands in the address: `?reason=invalid&letter=0@17`. */
function LetterDesk(): JSX.Element {
  const [params, setParams] = useSearchParams()
  const reason = createMemo(() => knownReason(params.reason))
  const open = createMemo(() => (typeof params.letter === 'string' ? params.letter : null))
  const letters = createLetters(useApi(), reason)
  const selection = createSelection(letters.items)
  const [sending, setSending] = createSignal<readonly DeadLetter[]>([])
  createRefreshing(letters.refresh, REFRESH_MS)
  let desk!: HTMLDivElement

  const show = (letter: string | null) => setParams({ letter })
  // Whoever looked at a letter goes on from its row.
  createEffect(
    on(
      open,
      (now, before) => {
        if (now !== null || !before) return
        desk.querySelector<HTMLElement>(`[data-letter="${CSS.escape(before)}"] button`)?.focus()
      },
      { defer: true },
    ),
  )

  function onKeyDown(event: KeyboardEvent): void {
    if (event.key === 'Escape' && open() !== null) show(null)
  }

  function finish(): void {
    setSending([])
    selection.clear()
    void letters.refresh()
  }

  return (
    <>
      <div ref={(element) => (desk = element)} onKeyDown={onKeyDown}>
        <div classList={{ 'hidden lg:block': open() !== null }}>
          <ReasonFilter
            chosen={reason()}
            onChoose={(chosen) => setParams({ reason: chosen, letter: null })}
          />
        </div>
        <p role="status" class="sr-only">
          <Show when={letters.arrived() > 0}>{texts.letters.arrived(letters.arrived())}</Show>
        </p>
        <div
          class="mt-3 grid items-start gap-5"
          classList={{ 'lg:grid-cols-[minmax(0,1fr)_minmax(0,1.15fr)]': open() !== null }}
        >
          <div classList={{ 'hidden lg:block': open() !== null }}>
            <Stale letters={letters} />
            <Switch fallback={<Loading label={texts.letters.loading} rows={4} />}>
              <Match when={letters.items()?.length === 0 && !letters.hasMore()}>
                <Nothing filtered={reason() !== null} onAll={() => setParams({ reason: null })} />
              </Match>
              <Match when={letters.items()}>
                <LetterList
                  letters={letters}
                  selection={selection}
                  open={open()}
                  onOpen={show}
                  onSend={() => setSending(selection.chosen())}
                />
              </Match>
              <Match when={letters.error()}>
                {(error) => <ErrorNotice error={error()} onRetry={() => void letters.refresh()} />}
              </Match>
            </Switch>
          </div>
          <Show when={open()} keyed>
            {(id) => (
              <LetterPanel
                id={id}
                letters={letters}
                onClose={() => show(null)}
                onOpen={show}
                onSend={(letter) => setSending([letter])}
              />
            )}
          </Show>
        </div>
      </div>
      <Show when={sending().length > 0}>
        <RedriveDialog chosen={sending()} onSent={letters.markSent} onClose={finish} />
      </Show>
    </>
  )
}

/** What is shown is not of now, and why. */
function Stale(props: { readonly letters: Letters }): JSX.Element {
  return (
    <Show when={props.letters.items() && props.letters.error()}>
      {(error) => (
        <div class="mb-4">
          <ErrorNotice error={error()} onRetry={() => void props.letters.refresh()} />
          <Show when={props.letters.readAt()}>
            {(at) => (
              <p class="mt-2 text-sm text-ink-soft">
                {texts.letters.asOf} <Time at={at().toISOString()} />.
              </p>
            )}
          </Show>
        </div>
      )}
    </Show>
  )
}

function Nothing(props: { readonly filtered: boolean; readonly onAll: () => void }): JSX.Element {
  return (
    <Show
      when={props.filtered}
      fallback={<EmptyState title={texts.letters.none.title} text={texts.letters.none.text} />}
    >
      <EmptyState title={texts.letters.noneFound.title} text={texts.letters.noneFound.text}>
        <button type="button" class="btn btn-quiet" onClick={() => props.onAll()}>
          {texts.letters.noneFound.all}
        </button>
      </EmptyState>
    </Show>
  )
}
