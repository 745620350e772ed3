import type { JSX } from 'solid-js'
import { createEffect, createMemo, createSignal, createUniqueId, onCleanup, Show } from 'solid-js'
import {
  canReconnect,
  createConnectionVoice,
  describeConnection,
  type ConnectionTone,
} from '../stores/connection'
import type { PastResume, Realtime } from '../stores/realtime'
import { texts } from '../texts'
import { createNow } from './now'

const DOTS: Readonly<Record<ConnectionTone, string>> = {
  live: 'bg-delivered',
  busy: 'bg-pending motion-safe:animate-pulse',
  trouble: 'bg-cancelled',
}

/** Pixels around it. */
const GAP = 8

const TIME = new Intl.DateTimeFormat(undefined, { timeStyle: 'medium' })

/** Says how current what is shown is; a click tells more. */
export function ConnectionIndicator(props: { readonly realtime: Realtime }): JSX.Element {
  const id = createUniqueId()
  const state = () => props.realtime.state()
  const [open, setOpen] = createSignal(false)
  const now = createNow(() => open() || state().status === 'waiting')
  const view = createMemo(() => describeConnection(state(), now()))
  const said = createConnectionVoice(state)
  const age = () => {
    const at = props.realtime.currentAt()
    return at === null ? texts.connection.never : texts.connection.ago((now() - at) / 1_000)
  }
  let button!: HTMLElement
  let panel!: HTMLElement

  function place(): void {
    const { bottom, right } = button.getBoundingClientRect()
    const fromRight = document.documentElement.clientWidth - right
    panel.style.top = `${bottom + GAP}px`
    panel.style.right = `${Math.max(GAP, fromRight)}px`
  }
  createEffect(() => {
    if (!open()) return
    window.addEventListener('resize', place)
    onCleanup(() => window.removeEventListener('resize', place))
  })

  function reconnect(): void {
    // The button goes: the focus stays where it was.
    panel.focus()
    props.realtime.reconnect()
  }

  return (
    <>
      <button
        type="button"
        class="btn btn-plain btn-small gap-2 px-2 font-medium"
        ref={(element) => (button = element)}
        popovertarget={id}
        // Before it opens: where it stands is not to be seen changing.
        onClick={place}
        data-connection={state().status}
      >
        <Dot tone={view().tone} />
        <span class="sr-only">{texts.connection.name}</span>
        <span class="tabular-nums">{view().label}</span>
      </button>
      <p role="status" class="sr-only">
        {said()}
      </p>
      <div
        ref={(element) => (panel = element)}
        id={id}
        popover="auto"
        role="dialog"
        aria-labelledby={`${id}-state`}
        aria-describedby={`${id}-detail`}
        tabindex="-1"
        // Read out when it opens, and only then: what counts in it is no live region.
        autofocus
        class="fixed inset-auto m-0 w-80 max-w-[calc(100vw-1.5rem)] rounded-xl border border-line bg-surface p-4 text-sm text-ink shadow-2 outline-none"
        onToggle={(event) => setOpen(event.newState === 'open')}
      >
        <p id={`${id}-state`} class="flex items-center gap-2 font-semibold tabular-nums">
          <Dot tone={view().tone} />
          {view().label}
        </p>
        <p id={`${id}-detail`} class="mt-1 text-ink-soft">
          {view().detail}
        </p>
        <Show when={canReconnect(state())}>
          <button type="button" class="btn btn-quiet btn-small mt-3 w-full" onClick={reconnect}>
            {texts.connection.reconnect}
          </button>
        </Show>
        <dl class="mt-3 flex flex-col gap-2.5 border-t border-line pt-3">
          <Row name={texts.connection.newest}>{age()}</Row>
          <Show when={props.realtime.lastResume()}>
            {(resume) => <Row name={nameOf(resume())}>{describeResume(resume())}</Row>}
          </Show>
          <Show when={props.realtime.transport()}>
            {(transport) => (
              <Row name={texts.connection.transport}>
                {texts.connection.transports[transport()]}
              </Row>
            )}
          </Show>
        </dl>
      </div>
    </>
  )
}

function Dot(props: { readonly tone: ConnectionTone }): JSX.Element {
  return (
    <span
      class={`size-2 shrink-0 rounded-full forced-colors:border ${DOTS[props.tone]}`}
      aria-hidden="true"
    />
  )
}

function Row(props: { readonly name: string; readonly children: JSX.Element }): JSX.Element {
  return (
    <div>
      <dt class="text-ink-soft">{props.name}</dt>
      <dd class="tabular-nums">{props.children}</dd>
    </div>
  )
}

function nameOf({ after }: PastResume): string {
  return after === 'kept' ? texts.connection.reloaded : texts.connection.interrupted
}

function describeResume({ at, recovered, replayed, reason }: PastResume): string {
  const { ended, loadedAgain, nothingMissed, sentAgain } = texts.connection
  const outcome = replayed === 0 ? nothingMissed : sentAgain(replayed)
  return ended(TIME.format(at), recovered ? outcome : loadedAgain(reason))
}
