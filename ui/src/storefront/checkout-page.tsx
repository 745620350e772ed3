import { A } from '@solidjs/router'
import type { JSX } from 'solid-js'
import { For, Match, onMount, Show, Switch } from 'solid-js'
import { formatMoney } from '../../../server/protocol/money'
import { Amounts } from '../components/amounts'
import { EmptyState, ErrorNotice, Loading } from '../components/notice'
import { Title } from '../components/title'
import { SignInFirst } from '../session/sign-in-first'
import { useCatalogue, useLive } from '../stores/app'
import type { Estimate } from '../stores/catalogue'
import type { Orders } from '../stores/orders'
import { texts } from '../texts'
import { AddressForm } from './address-form'
import { GoneNotice } from './cart-panel'
import { createCheckout } from './checkout-form'
import { ProductPicture } from './product-picture'

export function CheckoutPage(): JSX.Element {
  const live = useLive()
  const catalogue = useCatalogue()
  const words = texts.storefront.checkout
  return (
    <>
      <Title>{words.title}</Title>
      <h1 class="page-title mb-5">{words.title}</h1>
      <Switch fallback={<Loading label={words.loading} rows={3} />}>
        <Match when={!catalogue.takesOrders()}>
          <EmptyState title={words.elsewhereTitle} text={texts.storefront.elsewhere}>
            <A href="/orders" class="btn btn-quiet">
              {texts.orders.title}
            </A>
          </EmptyState>
        </Match>
        <Match when={!live()}>
          <SignInFirst to="/checkout" title={words.signInTitle} text={words.signInText} />
        </Match>
        <Match when={catalogue.products() === undefined && catalogue.error()}>
          {(error) => <ErrorNotice error={error()} onRetry={catalogue.retry} />}
        </Match>
        <Match when={catalogue.products() && catalogue.estimate()?.lines.length === 0}>
          <EmptyState title={words.emptyTitle} text={words.emptyText}>
            <A href="/" class="btn btn-primary">
              {texts.common.goToShop}
            </A>
          </EmptyState>
        </Match>
        <Match when={catalogue.products() && catalogue.estimate()}>
          {(estimate) => <Checkout estimate={estimate()} orders={live()!.orders} />}
        </Match>
      </Switch>
    </>
  )
}

function Checkout(props: { readonly estimate: Estimate; readonly orders: Orders }): JSX.Element {
  const catalogue = useCatalogue()
  const { form, busy, error, errors, address, setField, submit } = createCheckout(props)
  const words = texts.storefront.checkout
  // Prices may be old: the page may have been open for days.
  onMount(() => void catalogue.refresh())
  return (
    <form
      ref={form}
      novalidate
      class="grid items-start gap-6 lg:grid-cols-[minmax(0,1fr)_22rem]"
      onSubmit={(event) => void submit(event)}
    >
      <div class="card p-5 sm:p-6">
        <AddressForm address={address} errors={errors()} onChange={setField} />
      </div>
      <section aria-labelledby="summary-title" class="card p-5 lg:sticky lg:top-22">
        <h2 id="summary-title" class="text-lg font-semibold">
          {words.summary}
        </h2>
        <GoneNotice gone={props.estimate.gone} />
        <ul class="my-4 flex flex-col gap-3 text-sm">
          <For each={props.estimate.lines}>
            {(line) => (
              <li class="flex items-center gap-3">
                <ProductPicture
                  product={line.product}
                  class="size-11 shrink-0 rounded-md text-base"
                />
                <span class="min-w-0 flex-1 wrap-anywhere">
                  <span class="text-ink-soft tabular-nums">{line.quantity} × </span>
                  {line.product.name}
                </span>
                <span class="tabular-nums">{formatMoney(line.total, line.product.currency)}</span>
              </li>
            )}
          </For>
        </ul>
        <Amounts
          subtotal={props.estimate.subtotal}
          tax={props.estimate.tax}
          taxPercent={catalogue.settings()?.taxPercent}
          currency={props.estimate.currency}
        />
        <Show when={error() !== null}>
          <div class="mt-4">
            <ErrorNotice error={error()} />
          </div>
        </Show>
        <button type="submit" class="btn btn-primary mt-5 w-full" disabled={busy()}>
          {busy() ? words.placing : words.place}
        </button>
        <p class="mt-3 text-sm text-ink-faint">{words.note}</p>
      </section>
    </form>
  )
}
