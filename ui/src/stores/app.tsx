import type { JSX } from 'solid-js'
import { createContext, createEffect, createMemo, on, useContext } from 'solid-js'
import type { ChannelName } from '../../../server/protocol/frames'
import { createApi, type Api } from '../api'
import { texts } from '../texts'
import { createBoard, type Board } from './board'
import { createCart, type Cart } from './cart'
import { createCatalogue, type Catalogue } from './catalogue'
import { createCommands } from './commands'
import { browserStorage, mayKeep, tabStorage } from './guarded-storage'
import { dropAllKept } from './kept'
import { createLooking } from './looking'
import { createNews, type NewsSubject } from './news'
import { createNotifications, type Notifications } from './notifications'
import { createNotifier, type NotifierOptions } from './notifier'
import { createOrders, type Orders } from './orders'
import { createFollowing } from './other-tabs'
import { createRealtime, type Realtime } from './realtime'
import { createRenewal, createRenewalOrEnd } from './renewal'
import { createSession, createTokenOf, type Identity, type Session } from './session'
import { createTold, toldName } from './told'
import { createToasts, type Toasts } from './toasts'

/** What lives as long as one person is signed in. */
export interface Live {
  readonly identity: Identity
  readonly realtime: Realtime
  readonly orders: Orders
  /** For staff; null for a customer. */
  readonly board: Board | null
}

interface Stores {
  readonly api: Api
  readonly session: Session
  readonly cart: Cart
  readonly catalogue: Catalogue
  readonly toasts: Toasts
  readonly notifications: Notifications
  /** Reactive; null while nobody is signed in. */
  readonly live: () => Live | null
}

/** Customers are told of their orders, staff of new ones. */
const NOTIFYING: Readonly<
  Record<ChannelName, Pick<NotifierOptions, 'many' | 'maxApart' | 'isWorth'>>
> = {
  orders: {
    many: (amount) => ({ title: texts.orders.toasts.changes(amount), href: '/orders' }),
  },
  admin: {
    many: (amount) => ({ title: texts.board.newOrders(amount), href: '/board' }),
    maxApart: 0,
    isWorth: ({ version }) => version === 1,
  },
}

const StoresContext = createContext<Stores>()

export function StoresProvider(props: { readonly children: JSX.Element }): JSX.Element {
  return <StoresContext.Provider value={createStores()}>{props.children}</StoresContext.Provider>
}

function createStores(): Stores {
  const session = createSession(browserStorage)
  const toasts = createToasts()
  const onRefusedToken = (token: string) => void renewOrEnd(token)
  const api = createApi({ token: session.token, onRefusedToken })
  const cart = createCart(browserStorage, () => session.identity()?.subject ?? null)

  const catalogue = createCatalogue(api, cart.lines)

  const locks = 'locks' in navigator && mayKeep() ? navigator.locks : null
  const renew = createRenewal({ session, api, locks })

  const renewOrEnd = createRenewalOrEnd(session, renew)

  const commands = createCommands(locks)
  const looking = createLooking()
  // What was told just before somebody looked away is there when they look again.
  createEffect(
    on(looking, (inSight) => (inSight ? toasts.release('tab') : toasts.hold('tab')), {
      defer: true,
    }),
  )
  const notifications = createNotifications(browserStorage, looking)
  const newsOf =
    (name: ChannelName, { subject }: Identity) =>
    (options: NewsSubject) => {
      const told = createTold(browserStorage, toldName(name, subject), locks)
      const notifier = createNotifier({
        notifications,
        told,
        notified: createTold(browserStorage, `notified-${name}`, locks),
        looking,
        ...NOTIFYING[name],
      })
      const { settled } = commands
      return createNews({ toasts, looking, told, settled, onUnseen: notifier, ...options })
    }

  const live = createMemo(
    on(session.key, () => {
      const identity = session.identity()
      if (!identity) return null
      const realtime = createRealtime({ api, session, identity, renew })
      const orders = createOrders({
        realtime,
        api,
        commands,
        subject: identity.subject,
        storage: browserStorage,
        createNews: newsOf('orders', identity),
      })
      const board =
        identity.role === 'staff'
          ? createBoard({
              realtime,
              api: createApi({ token: createTokenOf(session, identity), onRefusedToken }),
              toasts,
              createNews: newsOf('admin', identity),
            })
          : null
      realtime.client.connect()
      return { identity, realtime, orders, board }
    }),
  )
  createEffect(
    on(
      session.key,
      (key) => {
        toasts.clear()
        // Whoever did not choose to leave goes on where they were.
        if (key === null && session.ended() === null) dropAllKept(tabStorage)
      },
      { defer: true },
    ),
  )
  createFollowing(() => {
    session.follow()
    cart.follow()
    live()?.orders.follow()
  })
  return { api, session, cart, catalogue, toasts, notifications, live }
}

function useStores(): Stores {
  const stores = useContext(StoresContext)
  if (!stores) throw new Error('Expected a StoresProvider above.')
  return stores
}

export const useApi = (): Api => useStores().api
export const useSession = (): Session => useStores().session
export const useCart = (): Cart => useStores().cart
export const useCatalogue = (): Catalogue => useStores().catalogue
export const useToasts = (): Toasts => useStores().toasts
export const useNotifications = (): Notifications => useStores().notifications
export const useLive = (): (() => Live | null) => useStores().live
