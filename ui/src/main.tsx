import { Route, Router } from '@solidjs/router'
import { lazy } from 'solid-js'
import { render } from 'solid-js/web'
import { Shell } from './shell'
import { StorePage } from './storefront/store-page'
import { StoresProvider } from './stores/app'
import './styles.css'

const CheckoutPage = lazy(() => import('./storefront/checkout-page'))
const OrdersPage = lazy(() => import('./orders/orders-page'))
const OrderPage = lazy(() => import('./orders/order-page'))
const BoardPage = lazy(() => import('./board/board-page'))
const SignInPage = lazy(() => import('./session/sign-in-page'))
const NotFoundPage = lazy(() => import('./not-found-page'))

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
