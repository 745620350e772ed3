import { A, useNavigate } from '@solidjs/router'
import type { JSX } from 'solid-js'
import { createSignal, For, Match, Show, Switch } from 'solid-js'
import { createStore } from 'solid-js/store'
import { formatMoney } from '../../../server/protocol/money'
import type { NewOrder } from '../api'
import { Amounts } from '../components/amounts'
import { EmptyState, ErrorNotice, Loading } from '../components/notice'
import { Title } from '../components/title'
import { Problem } from '../problem'
import { SignInFirst } from '../session/sign-in-first'
import { useApi, useCart, useCatalogue, useLive } from '../stores/app'
import type { Estimate } from '../stores/catalogue'
import {
  addressErrors,
  createCheckoutAttempt,
  EMPTY_ADDRESS,
  trimAddress,
  type AddressErrors,
  type AddressField,
} from '../stores/checkout'
import type { Orders } from '../stores/orders'
import { AddressForm } from './address-form'

export function CheckoutPage(): JSX.Element {
  const live = useLive()
  const catalogue = useCatalogue()
  return (
    <>
      <Title>Checkout</Title>
      <h1 class="page-title mb-5">Checkout</h1>
      <Switch fallback={<Loading label="Loading the checkout" rows={3} />}>
        <Match when={!catalogue.takesOrders()}>
          <EmptyState
            title="No orders are taken here"
            text="This shop takes its orders elsewhere. Here you follow what becomes of them."
          >
            <A href="/orders" class="btn btn-quiet">
              My orders
            </A>
          </EmptyState>
        </Match>
        <Match when={!live()}>
          <SignInFirst to="/checkout" title="Sign in to order" text="Your cart comes along." />
        </Match>
        <Match when={catalogue.products() === undefined && catalogue.error()}>
          {(error) => <ErrorNotice error={error()} onRetry={catalogue.retry} />}
        </Match>
        <Match when={catalogue.products() && catalogue.estimate()?.lines.length === 0}>
          <EmptyState title="Your cart is empty" text="Put something in before you check out.">
            <A href="/" class="btn btn-primary">
              Go to the shop
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
          Your order
        </h2>
        <ul class="my-4 flex flex-col gap-2 text-sm">
          <For each={props.estimate.lines}>
            {(line) => (
              <li class="flex justify-between gap-4">
                <span>
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
          {busy() ? 'Placing the order…' : 'Place order'}
        </button>
        <p class="mt-3 text-sm text-ink-faint">
          The shop works out the final prices; nothing is charged in this demo.
        </p>
      </section>
    </form>
  )
}

function createCheckout(props: { readonly estimate: Estimate; readonly orders: Orders }) {
  const api = useApi()
  const cart = useCart()
  const navigate = useNavigate()
  const attempt = createCheckoutAttempt(localStorage)
  const [address, setAddress] = createStore({ ...EMPTY_ADDRESS, ...attempt.address() })
  const [errors, setErrors] = createSignal<AddressErrors>({})
  const [error, setError] = createSignal<unknown>(null)
  const [busy, setBusy] = createSignal(false)
  let element: HTMLFormElement | undefined

  function showErrors(found: AddressErrors): void {
    setErrors(found)
    element?.querySelector<HTMLElement>('[aria-invalid]')?.focus()
  }

  async function place(): Promise<void> {
    const order: NewOrder = {
      items: props.estimate.lines.map(({ productId, quantity }) => ({ productId, quantity })),
      shippingAddress: trimAddress(address),
    }
    const placed = await api.placeOrder(order, attempt.keyFor(order))
    attempt.done()
    props.orders.take(placed)
    // Away first: an empty cart is not what the reader should see of this page.
    navigate(`/orders/${placed.orderId}`)
    cart.clear()
  }

  function setField(field: AddressField, text: string): void {
    setAddress(field, text)
    if (errors()[field]) setErrors((known) => ({ ...known, [field]: undefined }))
  }

  async function submit(event: SubmitEvent): Promise<void> {
    event.preventDefault()
    const found = addressErrors(address)
    showErrors(found)
    if (Object.keys(found).length > 0 || busy()) return
    setBusy(true)
    setError(null)
    try {
      await place()
    } catch (failure) {
      const ofServer = serverErrors(failure)
      if (Object.keys(ofServer).length > 0) showErrors(ofServer)
      else setError(failure)
    } finally {
      setBusy(false)
    }
  }

  const form = (mounted: HTMLFormElement) => (element = mounted)
  return { form, busy, error, errors, address, setField, submit }
}

/** What the server says of the address, by field; empty when it is about something else. */
function serverErrors(failure: unknown): AddressErrors {
  if (!(failure instanceof Problem)) return {}
  const errors: AddressErrors = {}
  for (const [member, text] of failure.fieldErrors()) {
    const field = /^shippingAddress\.(\w+)$/.exec(member)?.[1]
    if (field !== undefined && field in EMPTY_ADDRESS) errors[field as AddressField] = text
  }
  return errors
}
