import type { JSX } from 'solid-js'
import { Match, Show, Switch } from 'solid-js'
import { ErrorNotice, Loading } from '../components/notice'
import { Title } from '../components/title'
import { useCatalogue, useSession } from '../stores/app'
import { texts } from '../texts'
import { DemoSignIn } from './demo-sign-in'
import { TokenSignIn } from './token-sign-in'

export function SignInPage(): JSX.Element {
  const session = useSession()
  const catalogue = useCatalogue()
  return (
    <div class="mx-auto max-w-md">
      <Title>{texts.session.title}</Title>
      <h1 class="page-title mb-5">{texts.session.title}</h1>
      <Show when={session.ended() === 'refused'}>
        <p role="status" class="note mb-4">
          {texts.session.endedText}
        </p>
      </Show>
      <Switch fallback={<Loading label={texts.session.loading} rows={3} />}>
        <Match when={catalogue.settings()?.demoSignIn === true}>
          <DemoSignIn />
        </Match>
        <Match when={catalogue.settings()?.demoSignIn === false}>
          <TokenSignIn />
        </Match>
        <Match when={catalogue.error()}>
          {(error) => <ErrorNotice error={error()} onRetry={catalogue.retry} />}
        </Match>
      </Switch>
    </div>
  )
}
