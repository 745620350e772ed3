import type { JSX } from 'solid-js'
import { createEffect, createMemo, createSignal, createUniqueId, onCleanup, Show } from 'solid-js'
import { describeConnection, type ConnectionTone } from '../stores/connection'
import type { PastResume, Realtime } from '../stores/realtime'

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
        <span class="sr-only">Connection: </span>
        <span class="tabular-nums">{view().label}</span>
      </button>
      <div
        id={popoverId}
        popover="auto"
        class="fixed inset-auto top-25 right-4 lg:top-14 m-0 max-w-[min(20rem,calc(100vw-2rem))] rounded-xl border border-line bg-surface p-4 text-sm text-ink shadow-2"
      >
        <p>{view().detail}</p>
        <Show when={props.realtime.lastResume()}>
          {(resume) => <p class="mt-2 text-ink-soft">{describeResume(resume())}</p>}
        </Show>
      </div>
    </>
  )
}

function describeResume({ after, at, recovered, replayed }: PastResume): string {
  const what = after === 'kept' ? 'Went on from what was kept' : 'Last interruption ended'
  const time = `${what} at ${TIME.format(at)}`
  if (!recovered) return `${time}; the list was loaded again.`
  if (replayed === 0) return `${time}; nothing was missed.`
  return `${time}; ${replayed} ${replayed === 1 ? 'update was' : 'updates were'} sent again.`
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
