import { A } from '@solidjs/router'
import type { JSX } from 'solid-js'
import { createEffect, createMemo, createSignal, For, Match, on, Show, Switch } from 'solid-js'
import type { Product } from '../api'
import { PlusIcon } from '../components/icons'
import { EmptyState, ErrorNotice, Loading } from '../components/notice'
import { Title } from '../components/title'
import { problemText } from '../problem'
import { SignInFirst } from '../session/sign-in-first'
import { useApi, useCatalogue, useLive, useToasts, type Live } from '../stores/app'
import { texts } from '../texts'
import { ProductDialog } from './product-dialog'
import { ProductRow } from './product-row'
import { createStaffProducts, isStale, type StaffProducts } from './staff-products'

/** What the shop sells, for staff: added, edited, hidden and shown again. */
export function ProductsPage(): JSX.Element {
  const live = useLive()
  const words = texts.products
  return (
    <>
      <Title>{words.title}</Title>
      <Show
        when={live()}
        fallback={
          <>
            <h1 class="page-title mb-5">{words.title}</h1>
            <SignInFirst to="/products" text={words.signInText} />
          </>
        }
        keyed
      >
        {(now) => (
          <Show
            when={now.identity.role === 'staff'}
            fallback={<Refusal name={now.identity.name} />}
          >
            <ProductsView live={now} />
          </Show>
        )}
      </Show>
    </>
  )
}

function Refusal(props: { readonly name: string }): JSX.Element {
  return (
    <>
      <h1 class="page-title mb-5">{texts.products.title}</h1>
      <div role="alert">
        <EmptyState title={texts.products.staffTitle} text={texts.products.staffText(props.name)}>
          <A href="/" class="btn btn-quiet">
            {texts.common.goToShop}
          </A>
        </EmptyState>
      </div>
    </>
  )
}

/** Reactive: whether the connection is lost; while it is set up again, it stays as it was. */
function createAway(live: () => Live): () => boolean {
  return createMemo((wasAway: boolean) => {
    const { status } = live().realtime.state()
    return status === 'connecting' ? wasAway : status === 'offline' || status === 'waiting'
  }, false)
}

/** What is edited: a product, or a new one. */
type Editing = { readonly product: Product | null } | null

function ProductsView(props: { readonly live: Live }): JSX.Element {
  const catalogue = useCatalogue()
  const toasts = useToasts()
  const words = texts.products
  const products = createStaffProducts(useApi(), () => void catalogue.refresh())
  const [editing, setEditing] = createSignal<Editing>(null)
  const isAway = createAway(() => props.live)
  // Also when the connection is back: what others changed meanwhile nobody has told.
  createEffect(
    on(isAway, (away) => {
      if (!away || products.items() === undefined) void products.load()
    }),
  )

  function onSaved(product: Product): void {
    const isNew = editing()?.product === null
    const text = isNew ? words.toasts.added(product.name) : words.toasts.saved(product.name)
    toasts.show({ tone: 'success', text })
  }

  return (
    <>
      <div class="mb-5 flex flex-wrap items-center gap-x-4 gap-y-2">
        <div class="flex flex-wrap items-baseline gap-x-4 max-sm:flex-col">
          <h1 class="page-title">{words.title}</h1>
          <p class="text-sm text-ink-soft">
            <Show when={products.items()}>{(items) => summaryOf(items())}</Show>
          </p>
        </div>
        <Show when={catalogue.takesOrders()}>
          <button
            type="button"
            class="btn btn-primary ml-auto"
            onClick={() => setEditing({ product: null })}
          >
            <PlusIcon />
            {words.add}
          </button>
        </Show>
      </div>
      <Show when={!catalogue.takesOrders()}>
        <p class="mb-5 text-ink-soft">{words.elsewhere}</p>
      </Show>
      <div role="status">
        <Show when={isAway() && products.items()}>
          <p class="mb-4 rounded-lg bg-pending-soft px-4 py-3 text-sm text-pending">
            {words.offline}
          </p>
        </Show>
      </div>
      <Show when={(!isAway() || products.items() === undefined) && products.error()}>
        {(error) => (
          <div class="mb-4">
            <ErrorNotice error={error()} onRetry={() => void products.load()} />
          </div>
        )}
      </Show>
      <Switch>
        <Match when={products.items() === undefined && products.error() === null}>
          <Loading label={words.loading} rows={6} />
        </Match>
        <Match when={products.items()?.length === 0}>
          <EmptyState title={words.noneTitle} text={words.noneText} />
        </Match>
        <Match when={products.items()}>
          <Rows products={products} onEdit={(product) => setEditing({ product })} />
        </Match>
      </Switch>
      <Show when={editing()} keyed>
        {({ product }) => (
          <ProductDialog
            products={products}
            product={product}
            currency={product?.currency ?? catalogue.settings()?.currency ?? 'EUR'}
            onSaved={onSaved}
            onClose={() => setEditing(null)}
          />
        )}
      </Show>
    </>
  )
}

function Rows(props: {
  readonly products: StaffProducts
  readonly onEdit: (product: Product) => void
}): JSX.Element {
  const catalogue = useCatalogue()
  const toasts = useToasts()
  const words = texts.products.toasts
  const [busy, setBusy] = createSignal<string | null>(null)
  // By id: a row stays, and keeps the focus, when its product is replaced by a newer version.
  const ids = createMemo(() => (props.products.items() ?? []).map(({ id }) => id))

  async function toggle(seen: Product): Promise<void> {
    if (busy() !== null) return
    setBusy(seen.id)
    try {
      const { name, active } = await props.products.change(seen, { active: !seen.active })
      toasts.show(
        active
          ? { tone: 'success', text: words.shown(name) }
          : { tone: 'success', text: words.hidden(name), detail: words.hiddenDetail },
      )
    } catch (failure) {
      const detail = isStale(failure) ? words.stale : problemText(failure)
      toasts.show({ tone: 'warning', text: words.failed(seen.name), detail })
    } finally {
      setBusy(null)
    }
  }

  return (
    <ul class="card divide-y divide-line">
      <For each={ids()}>
        {(id) => (
          <Show when={props.products.find(id)}>
            {(product) => (
              <ProductRow
                product={product()}
                isEditable={catalogue.takesOrders()}
                isBusy={busy() === id}
                onEdit={() => props.onEdit(product())}
                onToggle={() => void toggle(product())}
              />
            )}
          </Show>
        )}
      </For>
    </ul>
  )
}

function summaryOf(items: readonly Product[]): string {
  return texts.products.summary(items.length, items.filter(({ active }) => !active).length)
}
