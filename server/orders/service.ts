import type { Principal } from '../auth/principal'
import { AppError } from '../errors'
import type { Order } from '../protocol/order'
import type { OrderStatus } from '../protocol/order-status'
import { hashDraft, isIdempotencyKey } from './idempotency'
import type { IdempotencyKey } from './idempotency'
import { withoutInternal } from './order-event'
import type { OrderStore, OrderWithHistory } from './order-store'
import { parseIfMatch } from './precondition'
import type { Precondition } from './precondition'
import { cancel, changeStatus, notFoundRefusal, place } from './rules'
import type { Decision, Draft, Refusal, RefusalCode } from './rules'
import type { ShopSettings } from './shop'

const HTTP_STATUS: Readonly<Record<RefusalCode, number>> = {
  invalid_order: 422,
  unknown_product: 422,
  order_not_found: 404,
  illegal_transition: 409,
  invalid_if_match: 400,
  precondition_required: 428,
  precondition_failed: 412,
}

export type OrderService = ReturnType<typeof createOrderService>

/** The commands of the REST API: from what a request says to what the store and the rules decide. */
export function createOrderService(store: OrderStore, shop: ShopSettings) {
  return {
    /** @param key the `Idempotency-Key` header, where the client sent one */
    async place(principal: Principal, draft: Draft, key: string | undefined): Promise<Order> {
      const placed = await store.place({
        productIds: draft.items.map((item) => item.productId),
        ...(key !== undefined && { idempotency: idempotencyOf(principal, draft, key) }),
        decide: (found) => place(draft, principal, shop, found),
      })
      switch (placed.outcome) {
        case 'replayed':
          return placed.order
        case 'in_flight':
          throw new AppError(
            'idempotency_in_flight',
            409,
            'A request with this Idempotency-Key is still being carried out: try again.',
            { temporary: true },
          )
        case 'key_reused':
          throw new AppError(
            'idempotency_key_reused',
            422,
            'This Idempotency-Key was used for another request: expected a new key.',
            { extensions: { field: 'Idempotency-Key' } },
          )
        default:
          return orderOf(placed)
      }
    },

    /** An order of the principal, for staff any. */
    async find(principal: Principal, orderId: string): Promise<OrderWithHistory> {
      const found = await store.find(orderId)
      if (found && principal.staff) return found
      if (found?.order.buyerId === principal.subject) return forCustomer(found, principal.subject)
      throw errorOf(notFoundRefusal())
    },

    async cancel(
      principal: Principal,
      orderId: string,
      { ifMatch, reason }: { readonly ifMatch: string | undefined; readonly reason?: string },
    ): Promise<Order> {
      const request = { by: principal, reason, precondition: preconditionOf(ifMatch) }
      const order = orderOf(
        await store.change({ orderId, decide: (order, at) => cancel(order, request, at) }),
      )
      return principal.staff ? order : withoutInternal(order)
    },

    async changeStatus(
      principal: Principal,
      orderId: string,
      change: {
        readonly ifMatch: string | undefined
        readonly status: OrderStatus
        readonly reason?: string
      },
    ): Promise<Order> {
      const precondition = preconditionOf(change.ifMatch)
      const { status: to, reason } = change
      const request = { by: principal.subject, to, reason, precondition }
      return orderOf(
        await store.change({ orderId, decide: (order, at) => changeStatus(order, request, at) }),
      )
    },
  }
}

/** Who of the staff it was is no business of the customer's, nor is what is for staff alone. */
function forCustomer({ order, history }: OrderWithHistory, subject: string): OrderWithHistory {
  const changes = history.map((change) =>
    change.by === subject ? change : { ...change, by: 'staff' },
  )
  return { order: withoutInternal(order), history: changes }
}

function idempotencyOf({ subject }: Principal, draft: Draft, key: string): IdempotencyKey {
  if (isIdempotencyKey(key)) return { subject, key, requestHash: hashDraft(draft) }
  throw new AppError(
    'invalid_idempotency_key',
    400,
    'Idempotency-Key: expected 1 to 255 visible ASCII characters, for example a UUID',
    { extensions: { field: 'Idempotency-Key' } },
  )
}

function preconditionOf(ifMatch: string | undefined): Precondition | null {
  return ifMatch === undefined ? null : parseIfMatch(ifMatch)
}

function orderOf(decision: Decision): Order {
  if (decision.outcome === 'refused') throw errorOf(decision.refusal)
  return decision.order
}

function errorOf({ code, message, ...extensions }: Refusal): AppError {
  return new AppError(code, HTTP_STATUS[code], message, { extensions })
}
