/** What we call the members of another service's events: what its own names can be mapped to. */

export const ORDER_FIELDS = [
  'orderId',
  'buyerId',
  'buyerEmail',
  'items',
  'currency',
  'subtotal',
  'tax',
  'total',
  'status',
  'shippingAddress',
  'createdAt',
  'updatedAt',
  'cancelledAt',
  'reason',
  'version',
] as const

export const ITEM_FIELDS = ['productId', 'name', 'quantity', 'unitPrice', 'total'] as const

export const ADDRESS_FIELDS = ['name', 'line1', 'line2', 'city', 'postalCode', 'country'] as const

/** Each once. */
export const FIELD_NAMES: readonly string[] = [
  ...new Set<string>([...ORDER_FIELDS, ...ITEM_FIELDS, ...ADDRESS_FIELDS]),
]
