import type { JSX } from 'solid-js'
import { For, Show } from 'solid-js'
import { Dialog } from '../components/dialog'
import { texts } from '../texts'
import { useDesk } from './board-desk'

const say = texts.board.keys

/** What the keys do, and the switch that keeps single letters from doing anything. */
export function BoardHelp(): JSX.Element {
  const desk = useDesk()
  return (
    <Show when={desk.help()}>
      <Dialog title={say.title} onClose={() => desk.setHelp(false)}>
        <dl class="grid grid-cols-[auto_1fr] items-baseline gap-x-4 gap-y-2 text-sm">
          <For each={say.list}>
            {([key, what]) => (
              <>
                <dt>
                  <kbd class="inline-block min-w-7 rounded-md border border-line-strong bg-sunken px-1.5 text-center font-mono text-xs leading-6">
                    {key}
                  </kbd>
                </dt>
                <dd>{what}</dd>
              </>
            )}
          </For>
        </dl>
        <label class="flex items-center gap-2 text-sm">
          <input
            type="checkbox"
            class="size-4 accent-accent"
            checked={desk.keys.on()}
            onChange={(event) => desk.keys.set(event.currentTarget.checked)}
          />
          {say.on}
        </label>
        <button type="button" class="btn btn-quiet self-end" onClick={() => desk.setHelp(false)}>
          {say.close}
        </button>
      </Dialog>
    </Show>
  )
}
