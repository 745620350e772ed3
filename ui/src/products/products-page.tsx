import { A } from '@solidjs/router'
import type { JSX } from 'solid-js'
import { createEffect, createMemo, createSignal, Match, on, Show, Switch } from 'solid-js'
import type { Product } from '../api'
import { PlusIcon } from '../components/icons'
import { EmptyState, ErrorNotice, Loading } from '../components/notice'
import { Title } from '../components/title'
import { SignInFirst } from '../session/sign-in-first'
import { useApi, useCatalogue, useLive, type Live } from '../stores/app'
import { texts } from '../texts'
import { ProductDialog } from './product-dialog'
import { ProductFilters } from './product-filters'
import { createProductList } from './product-list'
import { ProductRows } from './product-rows'
import { createStaffProducts } from './staff-products'

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
  const words = texts.products
  const products = createStaffProducts(useApi(), () => void catalogue.refresh())
  const list = createProductList(() => products.items() ?? [])
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
    // Whoever has added something sees it.
    if (isNew && !list.ids().includes(product.id)) list.show({ search: '', state: null })
  }

  return (
    <>
      <div class="mb-5 flex flex-wrap items-center gap-x-4 gap-y-2">
        <div class="flex flex-wrap items-baseline gap-x-4 max-sm:flex-col">
          <h1 class="page-title">{words.title}</h1>
          <p role="status" class="text-sm text-ink-soft">
            <Show when={products.items()}>
              {words.summary(list.ids().length, products.items()?.length ?? 0)}
            </Show>
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
          <p class="note mb-4">{words.offline}</p>
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
          <ProductFilters list={list} />
          <ProductRows
            products={products}
            list={list}
            onEdit={(product) => setEditing({ product })}
          />
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
