import { Route, Router } from '@solidjs/router'
import { createMemo, lazy } from 'solid-js'
import { render } from 'solid-js/web'
import { createPreload } from './preload'
import { Shell } from './shell'
import { StorePage } from './storefront/store-page'
import { StoresProvider, useSession } from './stores/app'
import './styles.css'
import { language, texts } from './texts'

/** Each page is a file of its own, so that the first one is there soon. */
const PAGES = {
  checkout: () => import('./storefront/checkout-page').then((page) => page.CheckoutPage),
  orders: () => import('./orders/orders-page').then((page) => page.OrdersPage),
  order: () => import('./orders/order-page').then((page) => page.OrderPage),
  board: () => import('./board/board-page').then((page) => page.BoardPage),
  deadLetters: () =>
    import('./dead-letters/dead-letters-page').then((page) => page.DeadLettersPage),
  products: () => import('./products/products-page').then((page) => page.ProductsPage),
  signIn: () => import('./session/sign-in-page').then((page) => page.SignInPage),
  notFound: () => import('./not-found-page').then((page) => page.NotFoundPage),
}
type PageName = keyof typeof PAGES

const PAGES_OF_STAFF: readonly PageName[] = ['board', 'deadLetters', 'products']

function lazyPage(name: PageName) {
  return lazy(async () => {
    try {
      return { default: await PAGES[name]() }
    } catch (cause) {
      throw new Error(texts.common.problems.page, { cause })
    }
  })
}

/** The pages that are not opened yet, of those that whoever is here may open. */
function Preload(): null {
  const session = useSession()
  const isStaff = createMemo(() => session.identity()?.role === 'staff')
  createPreload(() =>
    (Object.keys(PAGES) as PageName[])
      .filter((name) => isStaff() || !PAGES_OF_STAFF.includes(name))
      .map((name) => PAGES[name]),
  )
  return null
}

document.documentElement.lang = language

render(
  () => (
    <StoresProvider>
      <Preload />
      <Router root={Shell} scrollRestoration>
        <Route path="/" component={StorePage} />
        <Route path="/checkout" component={lazyPage('checkout')} />
        <Route path="/orders" component={lazyPage('orders')} />
        <Route path="/orders/:id" component={lazyPage('order')} />
        <Route path="/board" component={lazyPage('board')} />
        <Route path="/dead-letters" component={lazyPage('deadLetters')} />
        <Route path="/products" component={lazyPage('products')} />
        <Route path="/sign-in" component={lazyPage('signIn')} />
        <Route path="*" component={lazyPage('notFound')} />
      </Router>
    </StoresProvider>
  ),
  document.getElementById('app')!,
)
