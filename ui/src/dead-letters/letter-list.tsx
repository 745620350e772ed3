import type { JSX } from 'solid-js'
import { createEffect, createMemo, For, Show } from 'solid-js'
import { ErrorNotice } from '../components/notice'
import { texts } from '../texts'
import type { Letters } from './letters'
import { LetterRow } from './letter-row'
import type { Selection } from './selection'

/** The loaded letters, newest first, and what can be done with several of them. */
export function LetterList(props: {
  readonly letters: Letters
  readonly selection: Selection
  /** The one that is looked at. */
  readonly open: string | null
  readonly onOpen: (id: string) => void
  readonly onSend: () => void
}): JSX.Element {
  // By id: a row stays, with the focus on it, when its letter is read again.
  const ids = createMemo(() => (props.letters.items() ?? []).map(({ id }) => id))
  return (
    <div>
      <div class="card @container overflow-clip">
        <SelectionBar ids={ids()} selection={props.selection} onSend={props.onSend} />
        <ul aria-label={texts.letters.title} onKeyDown={moveFocus}>
          <For each={ids()}>
            {(id) => (
              <Show when={props.letters.get(id)}>
                {(letter) => (
                  <LetterRow
                    letter={letter()}
                    state={props.letters.stateOf(letter())}
                    open={props.open === id}
                    chosen={props.selection.has(id)}
                    onChoose={(chosen) => props.selection.choose([id], chosen)}
                    onOpen={() => props.onOpen(id)}
                  />
                )}
              </Show>
            )}
          </For>
        </ul>
      </div>
      <ListEnd letters={props.letters} />
    </div>
  )
}

function SelectionBar(props: {
  readonly ids: readonly string[]
  readonly selection: Selection
  readonly onSend: () => void
}): JSX.Element {
  let box!: HTMLInputElement
  const amount = () => props.selection.chosen().length
  createEffect(() => {
    box.indeterminate = amount() > 0 && amount() < props.ids.length
  })
  return (
    <div class="flex min-h-14 flex-wrap items-center gap-x-3 gap-y-1 border-b border-line bg-sunken/60 py-2 pr-3 pl-4">
      <label class="flex min-h-9 flex-1 items-center gap-3 text-sm font-medium text-ink-soft">
        <input
          ref={(element) => (box = element)}
          type="checkbox"
          class="size-4.5 accent-accent"
          checked={amount() > 0 && amount() === props.ids.length}
          onChange={(event) => props.selection.choose(props.ids, event.currentTarget.checked)}
        />
        {texts.letters.selectAll}
      </label>
      <span role="status" class="text-sm text-ink-soft">
        <Show when={amount() > 0}>{texts.letters.selected(amount())}</Show>
      </span>
      <button
        type="button"
        class="btn btn-small"
        classList={{ 'btn-primary': amount() > 0, 'btn-quiet opacity-55': amount() === 0 }}
        // Not taken away and not `disabled`: whoever comes back from the dialog is on it.
        aria-disabled={amount() === 0}
        onClick={() => amount() > 0 && props.onSend()}
      >
        {texts.letters.sendBack}
      </button>
    </div>
  )
}

/** What comes after the last row: more, trouble, or nothing. */
function ListEnd(props: { readonly letters: Letters }): JSX.Element {
  return (
    <div class="mt-4 flex flex-col items-center gap-3 text-sm text-ink-soft">
      <Show when={props.letters.moreError()}>{(error) => <ErrorNotice error={error()} />}</Show>
      <Show when={props.letters.hasMore()}>
        <Show when={props.letters.items()?.length === 0}>
          <p>{texts.letters.noneSoFar}</p>
        </Show>
        <button
          type="button"
          class="btn btn-quiet"
          disabled={props.letters.loadingMore()}
          onClick={() => void props.letters.loadMore()}
        >
          {props.letters.loadingMore() ? texts.letters.loadingMore : texts.letters.more}
        </button>
      </Show>
    </div>
  )
}

const STEPS: Readonly<Record<string, number>> = { ArrowDown: 1, j: 1, ArrowUp: -1, k: -1 }

/** Up and down among the rows. */
function moveFocus(event: KeyboardEvent & { readonly currentTarget: HTMLElement }): void {
  const step = STEPS[event.key]
  if (step === undefined || event.ctrlKey || event.metaKey || event.altKey) return
  const rows = [...event.currentTarget.querySelectorAll<HTMLElement>('[data-letter] button')]
  const at = rows.findIndex((row) => row.closest('li')?.contains(document.activeElement))
  const next = rows[at + step]
  if (!next) return
  event.preventDefault()
  next.focus()
}
