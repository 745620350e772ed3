import { A, useLocation, useNavigate, type RouteSectionProps } from '@solidjs/router'
import type { JSX } from 'solid-js'
import { createEffect, ErrorBoundary, on, Show, Suspense } from 'solid-js'
import { Account } from './components/account'
import { ConnectionIndicator } from './components/connection'
import { Mark } from './components/icons'
import { ErrorNotice, Loading } from './components/notice'
import { ToastsOutlet } from './components/toasts'
import { texts } from './texts'
import { useApi, useCart, useCatalogue, useLive, useNotifications, useSession } from './stores/app'

/** What surrounds every page: header, main, toasts. */
export function Shell(props: RouteSectionProps): JSX.Element {
  const api = useApi()
  useNotifications().openWith(useNavigate())
  let main: HTMLElement | undefined
  // Whoever cannot see that another page is shown hears it, and goes on from its start.
  createEffect(
    on(
      () => props.location.pathname,
      () => main?.focus({ preventScroll: true }),
      { defer: true },
    ),
  )
  /** Only from a server that answers: the browser's own error page leads nowhere. */
  const reload = () =>
    api.settings().then(
      () => window.location.reload(),
      () => undefined,
    )
  return (
    <div class="flex min-h-dvh flex-col">
      <a
        href="#main"
        class="btn btn-primary fixed top-2 left-2 z-50 -translate-y-16 focus:translate-y-0"
      >
        {texts.shell.skip}
      </a>
      <Header />
      <main
        ref={(element) => (main = element)}
        id="main"
        tabindex="-1"
        class={`mx-auto w-full flex-1 px-4 py-6 outline-none sm:px-6 sm:py-8 ${widthOf(props.location.pathname)}`}
      >
        <ErrorBoundary
          // A page whose parts a newer build has replaced comes back by a reload alone.
          fallback={(error: unknown) => <ErrorNotice error={error} onRetry={() => void reload()} />}
        >
          <Suspense fallback={<Loading label={texts.shell.loading} />}>{props.children}</Suspense>
        </ErrorBoundary>
      </main>
      <ToastsOutlet />
    </div>
  )
}

/** The board uses the room of a wide screen; elsewhere lines would become too long to read. */
function widthOf(pathname: string): string {
  return pathname === '/board' ? 'max-w-[96rem]' : 'max-w-6xl'
}

function Header(): JSX.Element {
  const session = useSession()
  const cart = useCart()
  const catalogue = useCatalogue()
  const live = useLive()
  const location = useLocation()
  /** Without what is no longer sold, once that is known. */
  const inCart = () => catalogue.estimate()?.pieces ?? cart.count()
  let nav!: HTMLElement
  // On a phone the links of staff do not all fit: that of this page is in sight.
  createEffect(
    on([() => location.pathname, catalogue.settings], () => {
      const link = nav.querySelector('[aria-current="page"]')?.getBoundingClientRect()
      if (!link) return
      const { left, width } = nav.getBoundingClientRect()
      nav.scrollBy({ left: link.left - left - (width - link.width) / 2 })
    }),
  )
  return (
    <header class="sticky top-0 z-20 border-b border-line bg-surface/95 backdrop-blur-sm">
      <div
        class={`mx-auto flex flex-wrap items-center gap-x-2 px-4 sm:px-6 lg:gap-x-6 ${widthOf(location.pathname)}`}
      >
        <A href="/" class="flex h-14 items-center gap-2.5 text-lg font-semibold tracking-tight">
          <Mark />
          Orderwire
        </A>
        {/* On a phone a row of its own, on wider screens, or where there is little in it, part of the one row. */}
        <div
          class="flex min-w-0 items-center justify-between gap-3 lg:contents"
          classList={{
            'order-last basis-full': live() !== null,
            'max-[22rem]:order-last max-[22rem]:basis-full min-[22rem]:pl-4 min-[22rem]:[&_a]:h-14':
              live() === null,
          }}
        >
          <nav
            ref={(element) => (nav = element)}
            aria-label={texts.shell.navigation}
            class="-mx-2 flex min-w-0 gap-1 overflow-x-auto [mask-image:linear-gradient(to_right,black_calc(100%-1.5rem),transparent)] pr-6 [scrollbar-width:none] lg:mx-0 lg:overflow-visible lg:[mask-image:none] lg:pr-0"
          >
            <NavLink href="/" end>
              {texts.shell.shop}
              <Show when={inCart() > 0 && catalogue.takesOrders()}>
                <span class="rounded-full bg-accent px-1.5 text-xs leading-5 font-semibold text-on-accent forced-colors:border">
                  <span class="sr-only">{texts.shell.inCart}</span>
                  {inCart()}
                </span>
              </Show>
            </NavLink>
            <Show when={session.identity()}>
              {/* An order that staff look at is seldom theirs, and leads back to the board. */}
              <NavLink href="/orders" end={session.identity()?.role === 'staff'}>
                {texts.shell.orders}
              </NavLink>
            </Show>
            <Show when={session.identity()?.role === 'staff'}>
              <NavLink href="/board">{texts.shell.board}</NavLink>
              <NavLink href="/products">{texts.products.title}</NavLink>
              <Show when={catalogue.settings()?.deadLetters}>
                <NavLink href="/dead-letters">{texts.letters.title}</NavLink>
              </Show>
            </Show>
          </nav>
          <Show when={live()}>
            {(now) => (
              <div class="-mr-2 shrink-0 lg:mr-0 lg:ml-auto">
                <ConnectionIndicator realtime={now().realtime} />
              </div>
            )}
          </Show>
        </div>
        <div
          class="ml-auto flex items-center gap-1 sm:gap-2"
          classList={{ 'lg:ml-0': live() !== null }}
        >
          <Account />
        </div>
      </div>
    </header>
  )
}

function NavLink(props: {
  readonly href: string
  readonly end?: boolean
  readonly children: JSX.Element
}): JSX.Element {
  return (
    <A
      href={props.href}
      end={props.end ?? false}
      class="relative flex h-11 shrink-0 items-center gap-1.5 px-2 text-sm font-medium focus-visible:-outline-offset-2 lg:h-14"
      activeClass="text-ink after:absolute after:inset-x-2 after:bottom-0 after:h-0.5 after:rounded-full after:bg-accent forced-colors:after:bg-[Highlight]"
      inactiveClass="text-ink-soft hover:text-ink"
    >
      {props.children}
    </A>
  )
}
