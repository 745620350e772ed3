import type { JSX } from 'solid-js'
import { createEffect, createSignal, For, on, Show } from 'solid-js'
import type { Product } from '../api'
import { EmptyState } from '../components/notice'
import { problemText } from '../problem'
import { useCatalogue, useToasts } from '../stores/app'
import { texts } from '../texts'
import type { ProductList } from './product-list'
import { ProductRow } from './product-row'
import { isStale, type StaffProducts } from './staff-products'

/** Those that are shown. Each is hidden, shown again, or opened to be edited. */
export function ProductRows(props: {
  readonly products: StaffProducts
  readonly list: ProductList
  readonly onEdit: (product: Product) => void
}): JSX.Element {
  const catalogue = useCatalogue()
  const toasts = useToasts()
  const words = texts.products
  const [busy, setBusy] = createSignal<ReadonlySet<string>>(new Set())
  let lastFocused: string | null = null
  let place!: HTMLDivElement

  // A row that no longer belongs here is gone with the focus in it: the one in its place has it then.
  createEffect(
    on(
      () => props.list.ids(),
      (now, before) => {
        const at = before?.indexOf(lastFocused ?? '') ?? -1
        if (at === -1 || now.includes(lastFocused!)) return
        requestAnimationFrame(() => {
          if (document.activeElement !== document.body) return
          const next = place.querySelectorAll('[data-product]')[Math.min(at, now.length - 1)]
          const button = (next ?? place).querySelector<HTMLElement>('button:last-of-type')
          button?.focus()
        })
      },
    ),
  )

  async function toggle(seen: Product): Promise<void> {
    const { id } = seen
    if (busy().has(id)) return
    setBusy((ids) => new Set([...ids, id]))
    try {
      const { name, active } = await props.products.change(seen, { active: !seen.active })
      toasts.show(
        active
          ? { tone: 'success', text: words.toasts.shown(name) }
          : { tone: 'success', text: words.toasts.hidden(name), detail: words.toasts.hiddenDetail },
      )
    } catch (failure) {
      const detail = isStale(failure) ? words.toasts.stale : problemText(failure)
      toasts.show({ tone: 'warning', text: words.toasts.failed(seen.name), detail })
    } finally {
      setBusy((ids) => new Set([...ids].filter((each) => each !== id)))
    }
  }

  return (
    <div ref={(element) => (place = element)}>
      <Show
        when={props.list.ids().length > 0}
        fallback={
          <EmptyState title={words.nothingFound} text={words.nothingFoundText}>
            <button
              type="button"
              class="btn btn-quiet"
              onClick={() => props.list.show({ search: '', state: null })}
            >
              {words.showAll}
            </button>
          </EmptyState>
        }
      >
        <ul
          class="card divide-y divide-line"
          aria-label={words.title}
          onFocusIn={(event) => {
            lastFocused =
              event.target.closest('[data-product]')?.getAttribute('data-product') ?? null
          }}
        >
          {/* By id: a row stays, and keeps the focus, when a newer version replaces its product. */}
          <For each={props.list.ids()}>
            {(id) => (
              <Show when={props.products.find(id)}>
                {(product) => (
                  <ProductRow
                    product={product()}
                    isEditable={catalogue.takesOrders()}
                    isBusy={busy().has(id)}
                    onEdit={() => props.onEdit(product())}
                    onToggle={() => void toggle(product())}
                  />
                )}
              </Show>
            )}
          </For>
        </ul>
      </Show>
    </div>
  )
}
