import { A } from '@solidjs/router'
import type { JSX } from 'solid-js'
import { EmptyState } from './components/notice'
import { texts } from './texts'

export function NotFoundPage(): JSX.Element {
  return (
    <EmptyState alone title={texts.shell.nothingHere.title} text={texts.shell.nothingHere.text}>
      <A href="/" class="btn btn-primary">
        {texts.common.goToShop}
      </A>
    </EmptyState>
  )
}
