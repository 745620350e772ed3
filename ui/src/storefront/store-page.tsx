import { Title } from '../components/title'
import type { JSX } from 'solid-js'
import { createSignal, For, Match, onCleanup, onMount, Show, Switch } from 'solid-js'
import { formatMoney } from '../../../server/protocol/money'
import type { Product } from '../api'
import { docked } from '../components/docked'
import { PlusIcon } from '../components/icons'
import { EmptyState, ErrorNotice, Loading } from '../components/notice'
import { useCart, useCatalogue } from '../stores/app'
import type { Estimate } from '../stores/catalogue'
import { texts } from '../texts'
import { CartPanel } from './cart-panel'
import { ProductPicture } from './product-picture'

const GRID = 'grid grid-cols-1 gap-3 sm:grid-cols-2 sm:gap-4 lg:grid-cols-3'
/** As high as the products that come: the page does not jump. */
const FRAMES = `${GRID} [&>.skeleton]:h-36 [&>.skeleton]:rounded-xl sm:[&>.skeleton]:h-84`

/** Products and the cart. */
export function StorePage(): JSX.Element {
  const cart = useCart()
  const catalogue = useCatalogue()
  const words = texts.storefront
  return (
    <>
      <Title>{words.title}</Title>
      <h1 class="page-title mb-5">{words.title}</h1>
      <Show when={!catalogue.takesOrders()}>
        <p class="mb-5 text-ink-soft">{words.elsewhere}</p>
      </Show>
      <div
        class="grid items-start gap-6"
        classList={{ 'lg:grid-cols-[minmax(0,1fr)_20rem]': catalogue.takesOrders() }}
      >
        <Switch fallback={<Loading label={words.loading} rows={6} class={FRAMES} />}>
          <Match when={catalogue.error()}>
            {(error) => <ErrorNotice error={error()} onRetry={catalogue.retry} />}
          </Match>
          <Match when={catalogue.products()?.length === 0}>
            <EmptyState title={words.noneTitle} text={words.noneText} />
          </Match>
          <Match when={catalogue.products()}>
            {(products) => (
              <ul class={GRID}>
                <For each={products()}>{(product) => <ProductCard product={product} />}</For>
              </ul>
            )}
          </Match>
        </Switch>
        <Show when={catalogue.takesOrders() && catalogue.estimate()}>
          {(estimate) => (
            <div class="lg:sticky lg:top-22">
              <CartPanel estimate={estimate()} />
            </div>
          )}
        </Show>
      </div>
      <Show when={catalogue.takesOrders() && cart.count() > 0 && catalogue.estimate()}>
        {(estimate) => <CartBar estimate={estimate()} />}
      </Show>
    </>
  )
}

function ProductCard(props: { readonly product: Product }): JSX.Element {
  const cart = useCart()
  const catalogue = useCatalogue()
  const quantity = () =>
    cart.lines().find((line) => line.productId === props.product.id)?.quantity ?? 0
  return (
    <li class="card flex overflow-hidden sm:flex-col">
      <ProductPicture
        product={props.product}
        class="w-28 shrink-0 sm:aspect-4/3 sm:h-auto sm:w-full"
      />
      <div class="flex min-w-0 flex-1 flex-col gap-1 p-4 wrap-anywhere">
        <h2 class="leading-snug font-semibold">{props.product.name}</h2>
        <p class="flex-1 text-sm text-ink-soft">{props.product.description}</p>
        <div class="mt-3 flex flex-wrap items-center justify-between gap-2">
          <p class="font-semibold tabular-nums">
            {formatMoney(props.product.price, props.product.currency)}
          </p>
          <Show when={catalogue.takesOrders()}>
            <button
              type="button"
              class="btn btn-quiet btn-small"
              aria-label={texts.storefront.addToCart(props.product.name)}
              onClick={() => cart.add(props.product.id)}
            >
              <PlusIcon />
              {texts.storefront.add}
              <Show when={quantity() > 0}>
                <span class="text-ink-soft tabular-nums">({quantity()})</span>
              </Show>
            </button>
          </Show>
        </div>
      </div>
    </li>
  )
}

/** On a phone the cart is far below the products: this leads to it, as long as it is not in sight. */
function CartBar(props: { readonly estimate: Estimate }): JSX.Element {
  const subtotal = () => formatMoney(props.estimate.subtotal, props.estimate.currency)
  const [needed, setNeeded] = createSignal(true)
  onMount(() => {
    const watcher = new IntersectionObserver(([cart]) => setNeeded(!cart?.isIntersecting), {
      // Its head alone, which the bar would hide, is not in sight.
      rootMargin: '0px 0px -160px',
    })
    watcher.observe(document.getElementById('cart')!)
    onCleanup(() => watcher.disconnect())
  })
  return (
    <div
      ref={docked}
      class="sticky bottom-0 -mx-4 mt-6 border-t border-line bg-surface px-4 py-3 sm:-mx-6 sm:px-6 lg:hidden"
      classList={{ hidden: !needed() }}
    >
      <a href="#cart" target="_self" class="btn btn-primary w-full">
        {texts.storefront.cart.view(props.estimate.pieces, subtotal())}
      </a>
    </div>
  )
}
