import { Route, Router } from '@solidjs/router'
import { lazy } from 'solid-js'
import { render } from 'solid-js/web'
import { Shell } from './shell'
import { StorePage } from './storefront/store-page'
import { StoresProvider } from './stores/app'
import './styles.css'

const CheckoutPage = lazy(() =>
  import('./storefront/checkout-page').then((page) => ({ default: page.CheckoutPage })),
)
const OrdersPage = lazy(() =>
  import('./orders/orders-page').then((page) => ({ default: page.OrdersPage })),
)
const OrderPage = lazy(() =>
  import('./orders/order-page').then((page) => ({ default: page.OrderPage })),
)
const BoardPage = lazy(() =>
  import('./board/board-page').then((page) => ({ default: page.BoardPage })),
)
const SignInPage = lazy(() =>
  import('./session/sign-in-page').then((page) => ({ default: page.SignInPage })),
)
const NotFoundPage = lazy(() =>
  import('./not-found-page').then((page) => ({ default: page.NotFoundPage })),
)

render(
  () => (
    <StoresProvider>
      <Router root={Shell}>
        <Route path="/" component={StorePage} />
        <Route path="/checkout" component={CheckoutPage} />
        <Route path="/orders" component={OrdersPage} />
        <Route path="/orders/:id" component={OrderPage} />
        <Route path="/board" component={BoardPage} />
        <Route path="/sign-in" component={SignInPage} />
        <Route path="*" component={NotFoundPage} />
      </Router>
    </StoresProvider>
  ),
  document.getElementById('app')!,
)
