import { A } from '@solidjs/router'
import type { JSX } from 'solid-js'
import { EmptyState } from './components/notice'

export function NotFoundPage(): JSX.Element {
  return (
    <EmptyState
      title="There is nothing here"
      text="The address may be mistyped, or the page moved."
    >
      <A href="/" class="btn btn-primary">
        Go to the shop
      </A>
    </EmptyState>
  )
}
