import type { Principal } from '../auth/principal'

/** Where a connection came from, until it is known who it is. */
export interface Arrival {
  /** Whose unauthenticated sockets are counted; null where nobody can tell. */
  readonly address: string | null
  /** Who the request's own credentials spoke for, null without any. */
  readonly credentials: Principal | null
}
