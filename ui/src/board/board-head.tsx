import type { JSX } from 'solid-js'
import { createEffect, For, Show } from 'solid-js'
import { firstSort, NEWEST_FIRST, SORT_KEYS, type Sort, type SortKey } from '../stores/board-sort'
import { texts } from '../texts'
import { useDesk } from './board-desk'
import { ROW_GRID } from './board-row'

const say = texts.board.columns

/** The head of the table, where rows are lines: names the columns, sorts by them, selects all. */
export function BoardHead(): JSX.Element {
  return (
    <div
      role="rowgroup"
      class="hidden border-b border-line bg-surface lg:sticky lg:top-14 lg:z-10 lg:block"
    >
      <div
        role="row"
        aria-rowindex={1}
        class={`${ROW_GRID} bg-sunken/60 py-1 text-sm font-medium text-ink-soft`}
      >
        <span role="columnheader">
          <SelectAll />
        </span>
        <span role="columnheader">{say.order}</span>
        <SortHeader by="customer" />
        <span role="columnheader">{say.items}</span>
        <SortHeader by="placed" />
        <SortHeader by="total" right />
        <SortHeader by="status" />
      </div>
    </div>
  )
}

function SelectAll(): JSX.Element {
  const desk = useDesk()
  const some = () => desk.selection.ids().length > 0
  const all = () => some() && desk.selection.ids().length === desk.rows.shown().length
  let box!: HTMLInputElement
  createEffect(() => {
    box.indeterminate = some() && !all()
  })
  return (
    <label class="-m-3 flex cursor-pointer p-3">
      <input
        ref={(element) => (box = element)}
        type="checkbox"
        class="size-4 accent-accent"
        aria-label={texts.board.selectAll}
        checked={all()}
        onClick={() => desk.selection.toggleAll()}
      />
    </label>
  )
}

function SortHeader(props: { readonly by: SortKey; readonly right?: boolean }): JSX.Element {
  const desk = useDesk()
  const direction = () => {
    const { key, descending } = desk.board.view.sort()
    if (key !== props.by) return 'none'
    return descending ? 'descending' : 'ascending'
  }
  function onClick(): void {
    const { key, descending } = desk.board.view.sort()
    const sort = key === props.by ? { key, descending: !descending } : firstSort(props.by)
    desk.address.show({ sort })
  }
  return (
    <span role="columnheader" aria-sort={direction()} class={props.right ? 'text-right' : ''}>
      <button
        type="button"
        class={`-mx-2 inline-flex min-h-8 items-center gap-1 rounded-md px-2 hover:bg-sunken hover:text-ink ${
          props.right ? 'flex-row-reverse' : ''
        }`}
        classList={{ 'text-ink': direction() !== 'none' }}
        onClick={onClick}
      >
        {say[props.by]}
        <span aria-hidden="true" class="w-3 text-xs">
          <Show when={direction() !== 'none'}>{direction() === 'ascending' ? '↑' : '↓'}</Show>
        </span>
      </button>
    </span>
  )
}

const SORTS: readonly Sort[] = SORT_KEYS.flatMap((key) => {
  const first = firstSort(key)
  return [first, { key, descending: !first.descending }]
})

type SortName = keyof typeof texts.board.sorts
const nameOf = ({ key, descending }: Sort): SortName => `${key} ${descending ? 'desc' : 'asc'}`

/** What the head does, where rows are cards and there is none. */
export function SortSelect(): JSX.Element {
  const desk = useDesk()
  const choose = (name: string) =>
    desk.address.show({ sort: SORTS.find((sort) => nameOf(sort) === name) ?? NEWEST_FIRST })
  return (
    <div class="flex items-center justify-between gap-x-3 lg:hidden">
      <label class="flex min-h-10 items-center gap-3 pl-4 text-sm whitespace-nowrap">
        <input
          type="checkbox"
          class="size-4 accent-accent"
          checked={
            desk.selection.ids().length > 0 &&
            desk.selection.ids().length === desk.rows.shown().length
          }
          onClick={() => desk.selection.toggleAll()}
        />
        <span class="max-[23.5rem]:sr-only">{texts.board.selectAll}</span>
      </label>
      <select
        class="control w-auto min-w-0"
        aria-label={texts.board.sortBy}
        onChange={(event) => choose(event.currentTarget.value)}
      >
        <For each={SORTS}>
          {(sort) => (
            <option value={nameOf(sort)} selected={nameOf(sort) === nameOf(desk.board.view.sort())}>
              {texts.board.sorts[nameOf(sort)]}
            </option>
          )}
        </For>
      </select>
    </div>
  )
}
