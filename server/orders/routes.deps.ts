import type { VerifyToken } from '../auth/principal'
import type { Cursor } from '../protocol/cursor'
import type { OrderStore } from './order-store'
import type { ShopSettings } from './shop'

export interface OrdersRoutesDeps {
  readonly store: OrderStore
  /** `off`: another service owns them, and commands are refused. */
  readonly orders: 'on' | 'off'
  /**
   * The newest entry that this node has published: the cursor of the lists. Null before it has ever
   * reached its log: the lists are answered all the same.
   */
  readonly position: () => Cursor | null
  readonly shop: ShopSettings
  readonly verify: VerifyToken
}
