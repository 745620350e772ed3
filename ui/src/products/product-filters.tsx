import type { JSX } from 'solid-js'
import { For } from 'solid-js'
import { SearchIcon } from '../components/icons'
import { texts } from '../texts'
import type { ProductList } from './product-list'
import { PRODUCT_SORTS, PRODUCT_STATES, type ProductState } from './product-query'

const words = texts.products

/** Which products are shown, and in which order. */
export function ProductFilters(props: { readonly list: ProductList }): JSX.Element {
  return (
    <div class="mb-4 flex flex-wrap items-center gap-3">
      <div
        role="group"
        aria-label={words.filter}
        class="-ml-1 flex flex-wrap gap-1 max-sm:order-last max-sm:basis-full"
      >
        <For each={[null, ...PRODUCT_STATES]}>
          {(state) => <StateButton list={props.list} state={state} />}
        </For>
      </div>
      <div class="ml-auto flex min-w-0 flex-1 flex-wrap gap-3 sm:justify-end">
        <div class="relative min-w-0 flex-1 basis-40 sm:max-w-72">
          <span class="pointer-events-none absolute inset-y-0 left-3 grid place-items-center text-ink-faint">
            <SearchIcon />
          </span>
          <input
            type="search"
            class="control pl-10 text-ellipsis"
            aria-label={words.search}
            placeholder={words.searchHint}
            maxlength="200"
            value={props.list.query().search}
            onInput={(event) => props.list.show({ search: event.currentTarget.value })}
          />
        </div>
        <select
          class="control w-auto min-w-0 max-w-full max-[24rem]:flex-1 max-[24rem]:basis-40"
          aria-label={words.sortBy}
          onChange={(event) => {
            const sort = PRODUCT_SORTS[event.currentTarget.selectedIndex]
            if (sort) props.list.show({ sort })
          }}
        >
          <For each={PRODUCT_SORTS}>
            {(sort) => (
              <option selected={props.list.query().sort === sort}>{words.sorts[sort]}</option>
            )}
          </For>
        </select>
      </div>
    </div>
  )
}

function StateButton(props: {
  readonly list: ProductList
  readonly state: ProductState | null
}): JSX.Element {
  const chosen = () => props.list.query().state === props.state
  return (
    <button
      type="button"
      class="choice"
      aria-pressed={chosen()}
      onClick={() => props.list.show({ state: props.state })}
    >
      {words.states[props.state ?? 'all']}
      <span class="text-xs tabular-nums">{words.figure(props.list.count(props.state))}</span>
    </button>
  )
}
