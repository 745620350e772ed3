/** The page of an order. An id of another service may hold any character. */
export function orderHref(orderId: string): string {
  return `/orders/${encodeURIComponent(orderId)}`
}

/** The board, with the order opened beside the list. */
export function boardHref(orderId: string): string {
  return `/board?order=${encodeURIComponent(orderId)}`
}

/** The id that stands in the path of an order's page; what nobody has encoded is what it is. */
export function orderIdIn(segment: string): string {
  try {
    return decodeURIComponent(segment)
  } catch {
    return segment
  }
}
