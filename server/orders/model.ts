import { t } from 'elysia'
import { ORDER_STATUSES, type OrderStatus } from '../protocol/order-status'
import {
  MAX_PRICE,
  MAX_PRODUCT_DESCRIPTION,
  MAX_PRODUCT_ID,
  MAX_PRODUCT_NAME,
} from './product-rules'
import { MAX_LINES, MAX_QUANTITY } from './rules'

const MAX_TEXT = 200
const MAX_REASON = 500

const text = (description: string, example: string) =>
  t.String({ minLength: 1, maxLength: MAX_TEXT, description, examples: [example] })

const amount = (description: string) =>
  t.Number({ multipleOf: 1, description: `${description}, integer of the minor unit` })

const time = (description: string) => t.String({ format: 'date-time', description })

const OrderStatusModel = t.UnionEnum([...ORDER_STATUSES], {
  description: 'Where the order is.',
  // Elysia's own default is the first of them, which a request without a status would then mean.
  default: undefined,
})

const AddressModel = t.Object({
  name: text('Who receives it.', 'Alice Miller'),
  line1: text('Street and number.', '12 Harbour Street'),
  line2: t.Optional(t.String({ maxLength: MAX_TEXT, description: 'Anything more.' })),
  city: text('City.', 'Hamburg'),
  postalCode: text('Postal code.', '20457'),
  country: t.String({
    pattern: '^[A-Z]{2}$',
    description: 'ISO 3166-1 alpha-2, upper case.',
    examples: ['DE'],
  }),
})

/** What a customer sends to place an order. Anything else in it, prices for example, is ignored. */
export const DraftModel = t.Object({
  items: t.Array(
    t.Object({
      productId: text('Of a product that is for sale.', 'espresso-cup'),
      // Elysia's t.Integer would take the text "2" as well.
      quantity: t.Number({ minimum: 1, maximum: MAX_QUANTITY, multipleOf: 1, examples: [2] }),
    }),
    { minItems: 1, maxItems: MAX_LINES },
  ),
  shippingAddress: AddressModel,
})

const ReasonModel = t.String({
  maxLength: MAX_REASON,
  description: 'Why, for people.',
  examples: ['Ordered twice'],
})

export const CancelModel = t.Object({ reason: t.Optional(ReasonModel) })

export const StatusModel = t.Object({
  status: OrderStatusModel,
  reason: t.Optional(ReasonModel),
})

export const IfMatchModel = t.String({
  description: 'The ETag of the version that you saw.',
  examples: ['"1"'],
})

const PictureModel = t.Union([t.String(), t.Null()], {
  description: 'A file that the UI serves under `/products/`; null: none.',
  examples: ['espresso-cup.svg'],
})

const productMembers = {
  name: t.String({
    description: `1 to ${MAX_PRODUCT_NAME} characters on one line.`,
    examples: ['Espresso Cup'],
  }),
  description: t.String({
    description: `At most ${MAX_PRODUCT_DESCRIPTION} characters on one line.`,
    examples: ['Keeps two sips hot.'],
  }),
  price: t.Number({
    description: `Price of one, 1 to ${MAX_PRICE}, integer of the minor unit.`,
    examples: [1_450],
  }),
  picture: PictureModel,
  active: t.Boolean({ description: 'False: hidden, neither listed nor sold.' }),
}

/** What staff send to add a product. What is wrong with its values `product-rules.ts` says. */
export const NewProductModel = t.Object({
  id: t.String({
    description: `Lower-case letters and digits with hyphens between, at most ${MAX_PRODUCT_ID}.`,
    examples: ['espresso-cup'],
  }),
  name: productMembers.name,
  description: t.Optional(productMembers.description),
  price: productMembers.price,
  picture: t.Optional(productMembers.picture),
  active: t.Optional(productMembers.active),
})

/** What staff send to change one: at least one of them. */
export const ProductChangeModel = t.Partial(t.Object(productMembers))

/** Orders on a page of a list for which nobody asked how long. */
export const PAGE_LIMIT = 50

const page = {
  limit: t.Optional(
    t.Integer({
      minimum: 1,
      maximum: 100,
      description: `Orders a page, ${PAGE_LIMIT} by default.`,
    }),
  ),
  next: t.Optional(
    t.String({ minLength: 1, maxLength: MAX_TEXT, description: 'The next of the page before.' }),
  ),
}

export const PageQueryModel = t.Object(page)

export const AdminQueryModel = t.Object({
  ...page,
  status: t.Optional(OrderStatusModel),
  search: t.Optional(
    t.String({
      maxLength: MAX_TEXT,
      description:
        'Each word must begin a word of the order number, the order id, the name, email or ' +
        'subject of the customer, or the name of a product.',
    }),
  ),
})

const OrderModel = t.Object({
  orderId: t.String({ description: 'UUIDv7. Its last eight characters are the order number.' }),
  buyerId: t.Union([t.String(), t.Null()], { description: 'Subject of the customer.' }),
  buyerEmail: t.Optional(t.String()),
  items: t.Array(
    t.Object({
      productId: t.String(),
      name: t.String(),
      quantity: t.Number({ multipleOf: 1 }),
      unitPrice: amount('Price of one'),
      total: amount('Price of all'),
    }),
  ),
  currency: t.String({ description: 'ISO 4217.' }),
  subtotal: amount('Before tax'),
  tax: amount('Tax on the subtotal'),
  total: amount('To pay'),
  status: OrderStatusModel,
  shippingAddress: t.Union([AddressModel, t.Null()], { description: 'Null: not known yet.' }),
  createdAt: time('When it was placed.'),
  updatedAt: time('When it last changed.'),
  cancelledAt: t.Optional(time('When it was cancelled.')),
  reason: t.Optional(t.String({ description: 'Why it was cancelled.' })),
  version: t.Number({ multipleOf: 1, minimum: 1, description: 'The higher version wins.' }),
  extra: t.Optional(
    t.Record(t.String(), t.Unknown(), {
      description: 'Further members of an order of another order service, by its own names.',
    }),
  ),
  internal: t.Optional(
    t.Record(t.String(), t.Unknown(), { description: 'As `extra`, for staff alone.' }),
  ),
})

const OrderDetailModel = t.Composite([
  OrderModel,
  t.Object({
    history: t.Array(
      t.Object({
        version: t.Number({ multipleOf: 1, minimum: 1 }),
        status: OrderStatusModel,
        at: time('When.'),
        by: t.String({
          description: 'Subject of whoever made the change; to customers `staff` for anybody else.',
        }),
        reason: t.Optional(t.String()),
      }),
      { description: 'Oldest first.' },
    ),
  }),
])

const ProductModel = t.Object({
  id: t.String(),
  name: t.String(),
  description: t.String(),
  price: amount('Price of one'),
  currency: t.String({ description: 'ISO 4217.' }),
  picture: PictureModel,
  active: t.Boolean({ description: 'Whether it is listed and can be ordered.' }),
  version: t.Number({ multipleOf: 1, minimum: 1, description: 'Its ETag, in quotes.' }),
})

const FiguresModel = t.Object({
  orders: t.Number({ description: 'All orders, the cancelled ones too.' }),
  byStatus: t.Object(
    Object.fromEntries(ORDER_STATUSES.map((status) => [status, t.Number()])) as Record<
      OrderStatus,
      ReturnType<typeof t.Number>
    >,
  ),
  revenue: t.Array(t.Object({ currency: t.String(), amount: amount('Sum') }), {
    description: 'Totals of all orders but the cancelled, one a currency.',
  }),
})

const StatsModel = t.Object({
  at: time('When these figures were read.'),
  day: t.String({ format: 'date', description: 'Today in the time zone of the shop.' }),
  all: FiguresModel,
  today: FiguresModel,
  perMinute: t.Array(t.Number(), {
    description: 'Orders placed in each of the last 60 minutes, the running one last.',
  }),
})

const ProblemModel = t.Object(
  {
    type: t.String(),
    title: t.String(),
    status: t.Number(),
    detail: t.String({ description: 'For people: what was wrong and what was expected.' }),
    code: t.String({ description: 'For machines.' }),
    field: t.Optional(t.String({ description: 'The member of the request that is at fault.' })),
  },
  { description: 'Problem details (RFC 9457).', additionalProperties: true },
)

const listOf = (name: string) =>
  t.Object({
    items: t.Array(t.Ref(`#/components/schemas/${name}`)),
    cursor: t.Union([t.String(), t.Null()], {
      description:
        'Subscribe with that of the first page: what changed since is replayed. Null: updates ' +
        'cannot be had from this server now; load the list again later.',
    }),
    next: t.Union([t.String(), t.Null()], { description: 'Asks for the next page; null: none.' }),
  })

/** The schemas of the API description, by name. */
export const DOCUMENTED_MODELS = {
  Order: OrderModel,
  OrderDetail: OrderDetailModel,
  OrderList: listOf('Order'),
  Product: ProductModel,
  ProductList: listOf('Product'),
  Stats: StatsModel,
  Problem: ProblemModel,
}
