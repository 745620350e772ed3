import type { JSX } from 'solid-js'
import { createSignal } from 'solid-js'
import { createApi, type Role } from '../api'
import { FieldText } from '../components/field'
import { Problem, problemText } from '../problem'
import { useSession } from '../stores/app'
import { readToken } from '../stores/session'
import { texts } from '../texts'
import { useGoOn } from './go-on'

/** For a shop with its own sign-in: a token from there, tried on the server before it is taken. */
export function TokenSignIn(): JSX.Element {
  const session = useSession()
  const goOn = useGoOn()
  const [busy, setBusy] = createSignal(false)
  const [error, setError] = createSignal<string>()
  let field!: HTMLTextAreaElement

  async function onSubmit(event: SubmitEvent): Promise<void> {
    event.preventDefault()
    const token = field.value.trim()
    const claims = readToken(token)
    if (!claims) {
      setError(texts.session.token.malformed)
      return
    }
    setBusy(true)
    setError(undefined)
    try {
      const role = await roleOf(token)
      session.signIn({ token, subject: claims.subject, name: claims.name, role, demo: false })
      goOn(role)
    } catch (failure) {
      setError(problemText(failure))
    } finally {
      setBusy(false)
    }
  }

  return (
    <form class="card flex flex-col gap-4 p-5" onSubmit={(event) => void onSubmit(event)}>
      <div>
        <label class="label" for="token">
          {texts.session.token.label}
        </label>
        <textarea
          ref={(element) => (field = element)}
          id="token"
          required
          rows="5"
          spellcheck={false}
          autocomplete="off"
          class="control font-mono break-all"
          aria-invalid={error() ? 'true' : undefined}
          aria-describedby="token-text"
        />
        <FieldText id="token-text" error={error()} hint={texts.session.token.hint} />
      </div>
      <button type="submit" class="btn btn-primary" disabled={busy()}>
        {texts.common.signIn}
      </button>
    </form>
  )
}

/** Asks the server, because only it knows who is staff. Rejects when it refuses the token. */
async function roleOf(token: string): Promise<Role> {
  try {
    await createApi({ token: () => token, onRefusedToken: () => {} }).stats()
    return 'staff'
  } catch (error) {
    if (error instanceof Problem && error.status === 403) return 'customer'
    throw error
  }
}
