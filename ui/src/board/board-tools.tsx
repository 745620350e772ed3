import type { JSX } from 'solid-js'
import { Show } from 'solid-js'
import { ErrorNotice } from '../components/notice'
import { useApi } from '../stores/app'
import { texts } from '../texts'
import { useDesk } from './board-desk'
import { createCsvExport } from './csv-export'
import { createNewOrderSound } from './new-order-sound'

const say = texts.board

/** Beside the title: the file, the sound, the keys. */
export function BoardTools(): JSX.Element {
  const desk = useDesk()
  const csv = createCsvExport(useApi(), desk.board.view)
  const sound = createNewOrderSound(desk.board)
  return (
    <div class="flex flex-wrap items-center gap-2">
      <Show
        when={csv.loaded() !== null}
        fallback={
          <button type="button" class="btn btn-quiet btn-small" onClick={() => void csv.start()}>
            {say.exportCsv}
          </button>
        }
      >
        <button type="button" class="btn btn-quiet btn-small" onClick={() => csv.stop()}>
          {say.stop}
        </button>
      </Show>
      <label class="flex min-h-9 items-center gap-2 px-1 text-sm text-ink-soft">
        <input
          type="checkbox"
          class="size-4 accent-accent"
          checked={sound.on()}
          onChange={(event) => sound.set(event.currentTarget.checked)}
        />
        {say.sound}
      </label>
      <button
        type="button"
        class="btn btn-plain btn-small px-2.5 max-sm:hidden"
        aria-label={say.keys.open}
        title={say.keys.open}
        aria-keyshortcuts="?"
        onClick={() => desk.setHelp(true)}
      >
        ?
      </button>
      <Show when={csv.loaded() !== null}>
        <span class="text-sm text-ink-soft tabular-nums" data-exporting>
          {say.exporting(csv.loaded() ?? 0, desk.total())}
        </span>
      </Show>
      <p role="status" class="text-sm text-ink-soft tabular-nums empty:hidden">
        {csv.written() === null ? '' : say.exported(csv.written() ?? 0)}
      </p>
      <Show when={csv.error()}>
        {(error) => (
          <div class="basis-full">
            <ErrorNotice error={error()} onRetry={() => void csv.start()} />
          </div>
        )}
      </Show>
    </div>
  )
}
