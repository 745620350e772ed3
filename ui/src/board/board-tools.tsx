import Download from 'lucide-solid/icons/download'
import Keyboard from 'lucide-solid/icons/keyboard'
import Square from 'lucide-solid/icons/square'
import Volume from 'lucide-solid/icons/volume-2'
import VolumeOff from 'lucide-solid/icons/volume-x'
import type { JSX } from 'solid-js'
import { Show } from 'solid-js'
import { Dynamic } from 'solid-js/web'
import { ErrorNotice } from '../components/notice'
import { useApi } from '../stores/app'
import { texts } from '../texts'
import { useDesk } from './board-desk'
import { createCsvExport, type CsvExport } from './csv-export'
import { createNewOrderSound } from './new-order-sound'

const say = texts.board
const ICON = { class: 'size-4.5 shrink-0', 'stroke-width': 1.9, 'aria-hidden': 'true' } as const

/** Beside the title: the file, the sound, the keys. On a phone their icons say what they are. */
export function BoardTools(): JSX.Element {
  const desk = useDesk()
  const csv = createCsvExport(useApi(), desk.board.view)
  return (
    <>
      <ExportState csv={csv} />
      <div role="group" aria-label={say.tools} class="flex items-center gap-1.5 sm:gap-2">
        <ExportButton csv={csv} />
        <SoundSwitch />
        <button
          type="button"
          class="btn btn-quiet btn-small px-2.5"
          aria-label={say.keys.open}
          title={say.keys.open}
          aria-keyshortcuts="?"
          onClick={() => desk.setHelp(true)}
        >
          <Keyboard {...ICON} />
        </button>
      </div>
    </>
  )
}

/** One button for both, so that whoever pressed it stays on it. */
function ExportButton(props: { readonly csv: CsvExport }): JSX.Element {
  const running = () => props.csv.loaded() !== null
  const label = () => (running() ? say.stopExport : say.exportCsv)
  return (
    <button
      type="button"
      class="btn btn-quiet btn-small max-sm:px-2.5"
      title={label()}
      onClick={() => (running() ? props.csv.stop() : void props.csv.start())}
    >
      <Dynamic component={running() ? Square : Download} {...ICON} />
      <span class="max-sm:sr-only">{label()}</span>
    </button>
  )
}

function ExportState(props: { readonly csv: CsvExport }): JSX.Element {
  const desk = useDesk()
  return (
    <div class="text-sm text-ink-soft tabular-nums max-lg:order-last max-lg:basis-full has-[>:only-child:empty]:hidden">
      <Show when={props.csv.loaded() !== null}>
        <span data-exporting>{say.exporting(props.csv.loaded() ?? 0, desk.total())}</span>
      </Show>
      <p role="status">
        {props.csv.written() === null ? '' : say.exported(props.csv.written() ?? 0)}
      </p>
      <Show when={props.csv.error()}>
        {(error) => <ErrorNotice error={error()} onRetry={() => void props.csv.start()} />}
      </Show>
    </div>
  )
}

function SoundSwitch(): JSX.Element {
  const sound = createNewOrderSound(useDesk().board)
  return (
    <label
      class="btn btn-quiet btn-small relative cursor-pointer px-2.5 has-focus-visible:outline-2 has-focus-visible:outline-offset-2 has-focus-visible:outline-accent"
      classList={{ 'border-accent bg-accent-soft text-accent': sound.on() }}
      title={say.sound}
    >
      <input
        type="checkbox"
        role="switch"
        class="absolute inset-0 cursor-pointer opacity-0"
        aria-label={say.sound}
        checked={sound.on()}
        onChange={(event) => sound.set(event.currentTarget.checked)}
      />
      <Dynamic component={sound.on() ? Volume : VolumeOff} {...ICON} />
    </label>
  )
}
