import type { JSX } from 'solid-js'
import { createEffect, createUniqueId, on, onMount, Show } from 'solid-js'
import type { DeadLetter } from '../api'
import { BackIcon, CloseIcon } from '../components/icons'
import { ErrorNotice, Loading } from '../components/notice'
import { useApi } from '../stores/app'
import { texts } from '../texts'
import { createDetail } from './detail'
import { Facts, Part, Story, Trouble } from './letter-facts'
import { LetterStateBadge } from './letter-state'
import type { Letters } from './letters'
import { reasonLabel } from './reasons'
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
  // One that is not in the list is known from here alone.
  createEffect(
    on(
      () => props.letters.lastSent(),
      (sent) => {
        if (sent === props.id) void detail.load()
      },
      { defer: true },
    ),
  )
  let title!: HTMLHeadingElement
  onMount(() => title.focus())

  return (
    <section aria-labelledby={titleId} class="min-w-0 lg:sticky lg:top-20" data-panel={props.id}>
      <button
        type="button"
        class="btn btn-plain btn-small mb-3 -ml-3 lg:hidden"
        onClick={() => props.onClose()}
      >
        <BackIcon />
        {texts.letters.close}
      </button>
      <div class="card flex flex-col lg:max-h-[calc(100dvh-6.5rem)]">
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
          <Show when={letter()}>
            {(known) => (
              <button
                type="button"
                class={`btn btn-small ${known().redrivenAt === null ? 'btn-primary' : 'btn-quiet'}`}
                onClick={() => props.onSend(known())}
              >
                {known().redrivenAt === null ? texts.letters.sendBack : texts.letters.sendAgain}
              </button>
            )}
          </Show>
          <button
            type="button"
            class="btn btn-plain btn-small -mr-2 px-2 max-lg:hidden"
            aria-label={texts.letters.close}
            onClick={() => props.onClose()}
          >
            <CloseIcon />
          </button>
        </div>
        <div class="flex min-h-0 flex-col gap-5 overflow-y-auto p-4 sm:p-5">
          <Show when={letter()}>
            {(known) => (
              <>
                <Trouble letter={known()} />
                <Story letter={known()} letters={props.letters} onOpen={props.onOpen} />
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
      </div>
    </section>
  )
}
