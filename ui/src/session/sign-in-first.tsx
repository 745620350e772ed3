import { A } from '@solidjs/router'
import type { JSX } from 'solid-js'
import { EmptyState } from '../components/notice'

/** Stands where somebody has to be signed in, and leads back there. */
export function SignInFirst(props: { readonly to: string; readonly text: string }): JSX.Element {
  return (
    <EmptyState title="Sign in first" text={props.text}>
      <A href={`/sign-in?to=${encodeURIComponent(props.to)}`} class="btn btn-primary">
        Sign in
      </A>
    </EmptyState>
  )
}
