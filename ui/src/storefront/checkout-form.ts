import { useNavigate } from '@solidjs/router'
import { createSignal } from 'solid-js'
import { createStore } from 'solid-js/store'
import { formatMoney } from '../../../server/protocol/money'
import type { NewOrder } from '../api'
import { isOffline, Problem } from '../problem'
import { useCart, useCatalogue, useSession, useToasts } from '../stores/app'
import type { Estimate } from '../stores/catalogue'
import {
  addressErrors,
  createCheckoutAttempt,
  EMPTY_ADDRESS,
  trimAddress,
  type AddressErrors,
  type AddressField,
} from '../stores/checkout'
import { browserStorage, tabStorage } from '../stores/guarded-storage'
import { orderHref } from '../stores/order-links'
import type { Orders } from '../stores/orders'
import { texts } from '../texts'

/** The form of a checkout: where it goes, what is wrong with that, and the placing. */
export function createCheckout(props: { readonly estimate: Estimate; readonly orders: Orders }) {
  const cart = useCart()
  const catalogue = useCatalogue()
  const navigate = useNavigate()
  const toasts = useToasts()
  const session = useSession()
  const attempt = createCheckoutAttempt(
    { browser: browserStorage, tab: tabStorage },
    session.identity()?.subject ?? '',
  )
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
    const { subtotal } = props.estimate
    const buyer = session.key()
    const placed = await props.orders.place(order, attempt.keyFor(order))
    attempt.done()
    // Whoever has signed out meanwhile is led nowhere, nor is the next one's cart emptied.
    if (session.key() !== buyer) return
    if (placed.subtotal !== subtotal) {
      tellOfPrices(formatMoney(placed.total, placed.currency))
      void catalogue.refresh()
    }
    // Away first: an empty cart is not what the reader should see of this page.
    navigate(orderHref(placed.orderId))
    cart.clear()
  }

  function setField(field: AddressField, text: string): void {
    setAddress(field, text)
    attempt.fillIn({ ...address })
    if (errors()[field]) setErrors((known) => ({ ...known, [field]: undefined }))
  }

  function tellOfPrices(total: string): void {
    const { priceChanged, priceChangedDetail } = texts.storefront.checkout
    toasts.show({ tone: 'warning', text: priceChanged(total), detail: priceChangedDetail })
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
      else setError(forGuests(failure))
      // Something of it is not sold any more: what is left, and its total, is shown.
      if (failure instanceof Problem && failure.status === 422) void catalogue.refresh()
    } finally {
      setBusy(false)
    }
  }

  const form = (mounted: HTMLFormElement) => (element = mounted)
  return { form, busy, error, errors, address, setField, submit }
}

/** What the server says in the words of its interface, in words for whoever buys something. */
function forGuests(failure: unknown): unknown {
  if (!(failure instanceof Problem)) return failure
  const { refused } = texts.storefront.checkout
  if (isOffline(failure)) return new Error(refused.offline)
  if (failure.code in refused) return new Error(refused[failure.code as keyof typeof refused])
  return failure.status === 422 ? new Error(refused.invalid) : failure
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
