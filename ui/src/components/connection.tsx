import type { JSX } from 'solid-js'
import { createEffect, createMemo, createSignal, createUniqueId, onCleanup, Show } from 'solid-js'
import { describeConnection, type ConnectionTone } from '../stores/connection'
import type { PastResume, Realtime } from '../stores/realtime'
import { texts } from '../texts'

const DOTS: Readonly<Record<ConnectionTone, string>> = {
  live: 'bg-delivered',
  busy: 'bg-pending motion-safe:animate-pulse',
  trouble: 'bg-cancelled',
}

const TIME = new Intl.DateTimeFormat(undefined, { timeStyle: 'medium' })

/** Says how current what is shown is; a click tells more. */
export function ConnectionIndicator(props: { readonly realtime: Realtime }): JSX.Element {
  const popoverId = createUniqueId()
  const now = createNow(() => props.realtime.state().status === 'waiting')
  const age = () => props.realtime.state().ageMs
  const view = createMemo(() => describeConnection(props.realtime.state(), now()))
  return (
    <>
      <button
        type="button"
        class="btn btn-plain btn-small gap-2 px-2 font-medium"
        popovertarget={popoverId}
        data-connection={props.realtime.state().status}
      >
        <span class={`size-2 rounded-full ${DOTS[view().tone]}`} aria-hidden="true" />
        <span class="sr-only">{texts.connection.name}</span>
        <span class="tabular-nums">{view().label}</span>
      </button>
      <div
        id={popoverId}
        popover="auto"
        class="fixed inset-auto top-25 right-4 lg:top-14 m-0 max-w-[min(20rem,calc(100vw-2rem))] rounded-xl border border-line bg-surface p-4 text-sm text-ink shadow-2"
      >
        <p class="flex items-center gap-2 font-semibold">
          <span class={`size-2 rounded-full ${DOTS[view().tone]}`} aria-hidden="true" />
          {view().label}
        </p>
        <p class="mt-1 text-ink-soft">{view().detail}</p>
        <dl class="mt-3 flex flex-col gap-2 border-t border-line pt-3 empty:hidden">
          <Show when={age() !== null}>
            <Row name={texts.connection.newest}>{texts.connection.old(age() ?? 0)}</Row>
          </Show>
          <Show when={props.realtime.lastResume()}>
            {(resume) => <Row name={nameOf(resume())}>{describeResume(resume())}</Row>}
          </Show>
        </dl>
      </div>
    </>
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

/** Milliseconds since the epoch, moving while `running`. */
function createNow(running: () => boolean): () => number {
  const [now, setNow] = createSignal(Date.now())
  createEffect(() => {
    if (!running()) return
    setNow(Date.now())
    const timer = setInterval(() => setNow(Date.now()), 500)
    onCleanup(() => clearInterval(timer))
  })
  return now
}
