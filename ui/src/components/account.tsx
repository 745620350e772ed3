import { A, useLocation, useNavigate } from '@solidjs/router'
import type { JSX } from 'solid-js'
import { createSignal, ErrorBoundary, lazy, Show, Suspense } from 'solid-js'
import { useSession } from '../stores/app'
import type { Identity } from '../stores/session'
import { texts } from '../texts'
import { AccountFace, ACCOUNT_BUTTON } from './account-face'

/** Not needed for the first look, and comes right after it. */
const AccountMenu = lazy(() =>
  import('./account-menu').then((menu) => ({ default: menu.AccountMenu })),
)

/** Who is signed in, and what they can do about it; or the way to sign in. */
export function Account(): JSX.Element {
  const session = useSession()
  const location = useLocation()
  const navigate = useNavigate()

  function signOut(): void {
    session.signOut()
    navigate('/')
  }

  return (
    <Show
      when={session.identity()}
      fallback={
        <Show when={location.pathname !== '/sign-in'}>
          <A href={signInHref(location.pathname + location.search)} class="btn btn-quiet btn-small">
            {texts.common.signIn}
          </A>
        </Show>
      }
    >
      {(who) => <SignedIn who={who()} onSignOut={signOut} />}
    </Show>
  )
}

function SignedIn(props: { readonly who: Identity; readonly onSignOut: () => void }): JSX.Element {
  /** Pressed before the menu was there: it opens as soon as it is. */
  const [pressed, setPressed] = createSignal(false)
  let plain: HTMLElement | undefined
  return (
    <ErrorBoundary
      // Whoever cannot load the menu can leave all the same.
      fallback={
        <div class="flex items-center gap-1">
          <AccountFace who={props.who} />
          <button type="button" class="btn btn-plain btn-small" onClick={() => props.onSignOut()}>
            {texts.account.signOut}
          </button>
        </div>
      }
    >
      <Suspense
        fallback={
          <button
            ref={(element) => (plain = element)}
            type="button"
            class={ACCOUNT_BUTTON}
            aria-haspopup="menu"
            onClick={() => setPressed(true)}
          >
            <AccountFace who={props.who} />
          </button>
        }
      >
        <AccountMenu
          who={props.who}
          open={pressed()}
          hadFocus={plain !== undefined && plain === document.activeElement}
          onSignOut={props.onSignOut}
        />
      </Suspense>
    </ErrorBoundary>
  )
}

/** The sign-in page that leads back to where somebody wanted to go. */
function signInHref(from: string): string {
  return from === '/' ? '/sign-in' : `/sign-in?to=${encodeURIComponent(from)}`
}
