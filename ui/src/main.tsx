import { Route, Router } from '@solidjs/router'
import { lazy } from 'solid-js'
import { render } from 'solid-js/web'
import { Shell } from './shell'
import { StorePage } from './storefront/store-page'
import { StoresProvider } from './stores/app'
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
/** The others follow when nothing else is going on: they open also while the server is away. */
const PRELOAD_AFTER_MS = 1_000

function lazyPage(name: keyof typeof PAGES) {
  return lazy(async () => {
    try {
      return { default: await PAGES[name]() }
    } catch (cause) {
      throw new Error(texts.common.problems.page, { cause })
    }
  })
}

document.documentElement.lang = language

render(
  () => (
    <StoresProvider>
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

setTimeout(() => {
  for (const load of Object.values(PAGES)) load().catch(() => undefined)
}, PRELOAD_AFTER_MS)
