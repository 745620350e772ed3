import { A, useLocation } from '@solidjs/router'
import type { JSX } from 'solid-js'
import { EmptyState } from '../components/notice'
import { useSession } from '../stores/app'
import { texts } from '../texts'

/** Stands where somebody has to be signed in, and leads back there. */
export function SignInFirst(props: {
  readonly to: string
  readonly text: string
  readonly title?: string
}): JSX.Element {
  const session = useSession()
  const location = useLocation()
  /** With what the address says of the view. */
  const to = () => (location.pathname === props.to ? props.to + location.search : props.to)
  const title = () =>
    session.ended() === 'refused' ? texts.session.ended : (props.title ?? texts.session.first)
  return (
    <EmptyState title={title()} text={props.text}>
      <A href={`/sign-in?to=${encodeURIComponent(to())}`} class="btn btn-primary">
        {texts.common.signIn}
      </A>
    </EmptyState>
  )
}
