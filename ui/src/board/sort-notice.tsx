import type { JSX } from 'solid-js'
import { createSignal, onCleanup, Show } from 'solid-js'
import { isServerOrder } from '../stores/board-sort'
import { texts } from '../texts'
import { useDesk } from './board-desk'

const say = texts.board

/**
 * The server lists newest first and no other way: another order holds for what is loaded. This says
 * so, and loads the rest for whoever wants it to hold for all.
 */
export function SortNotice(): JSX.Element {
  const desk = useDesk()
  const [loading, setLoading] = createSignal<AbortController | null>(null)
  const listing = () => desk.board.listing()
  onCleanup(() => loading()?.abort())

  async function loadAll(): Promise<void> {
    const stopped = new AbortController()
    setLoading(stopped)
    await listing().loadAll(stopped.signal)
    setLoading(null)
  }

  return (
    <Show when={!isServerOrder(desk.board.view.sort()) && listing().hasMore()}>
      <div class="flex min-h-11 flex-wrap items-center gap-x-3 gap-y-1 rounded-lg bg-pending-soft px-4 py-1 text-sm text-pending">
        <p role="status">{say.sortedLoaded(desk.board.ids().length, desk.total())}</p>
        <Show
          when={loading()}
          fallback={
            <button
              type="button"
              class="btn btn-quiet btn-small ml-auto"
              onClick={() => void loadAll()}
            >
              {say.loadAll}
            </button>
          }
        >
          {(running) => (
            <button
              type="button"
              class="btn btn-quiet btn-small ml-auto"
              onClick={() => running().abort()}
            >
              {say.stop}
            </button>
          )}
        </Show>
      </div>
    </Show>
  )
}
