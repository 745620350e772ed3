import { useNavigate, useSearchParams } from '@solidjs/router'
import type { JSX } from 'solid-js'
import { createSignal, For, Match, Show, Switch } from 'solid-js'
import { createApi, type Role } from '../api'
import { TextField } from '../components/field'
import { ErrorNotice, Loading } from '../components/notice'
import { Title } from '../components/title'
import { Problem, problemText } from '../problem'
import { useApi, useCatalogue, useSession } from '../stores/app'
import { readToken } from '../stores/session'

interface DemoPerson {
  readonly name: string
  readonly role: Role
  readonly text: string
}

const DEMO_PEOPLE: readonly DemoPerson[] = [
  { name: 'Alice', role: 'customer', text: 'Customer' },
  { name: 'Bob', role: 'customer', text: 'Customer' },
  { name: 'Sam', role: 'staff', text: 'Staff, sees the board' },
]

export function SignInPage(): JSX.Element {
  const session = useSession()
  const catalogue = useCatalogue()
  return (
    <div class="mx-auto max-w-md">
      <Title>Sign in</Title>
      <h1 class="page-title mb-5">Sign in</h1>
      <Show when={session.ended() === 'refused'}>
        <p role="status" class="mb-4 rounded-lg bg-pending-soft px-4 py-3 text-sm text-pending">
          Your session has ended. Sign in again to go on.
        </p>
      </Show>
      <Switch fallback={<Loading label="Loading the sign-in" rows={3} />}>
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

/** Where to go on: where somebody came from, else what the role is there for. */
function useGoOn(): (role: Role) => void {
  const navigate = useNavigate()
  const [query] = useSearchParams<{ to?: string }>()
  return (role) => {
    // Only paths of this page: `//elsewhere.example` would lead away.
    const to = query.to?.match(/^\/(?!\/).*/)?.[0]
    navigate(to ?? (role === 'staff' ? '/board' : '/'), { replace: true })
  }
}

function DemoSignIn(): JSX.Element {
  const api = useApi()
  const session = useSession()
  const goOn = useGoOn()
  const [name, setName] = createSignal('')
  const [role, setRole] = createSignal<Role>('customer')
  const [busy, setBusy] = createSignal(false)
  const [error, setError] = createSignal<unknown>(null)

  async function signIn(asName: string, asRole: Role): Promise<void> {
    setBusy(true)
    setError(null)
    try {
      const token = await api.signIn(asName, asRole)
      const subject = readToken(token)?.subject ?? asName
      session.signIn({ token, subject, name: asName, role: asRole, demo: true })
      goOn(asRole)
    } catch (failure) {
      setError(failure)
    } finally {
      setBusy(false)
    }
  }

  function onSubmit(event: SubmitEvent): void {
    event.preventDefault()
    void signIn(name().trim(), role())
  }

  const nameError = () => {
    const failure = error()
    return failure instanceof Problem ? failure.fieldErrors().get('name') : undefined
  }

  return (
    <div class="flex flex-col gap-6">
      <Show when={error() !== null && !nameError()}>
        <ErrorNotice error={error()} />
      </Show>
      <ul class="card divide-y divide-line overflow-hidden">
        <For each={DEMO_PEOPLE}>
          {(person) => (
            <li>
              <button
                type="button"
                class="flex w-full items-center gap-3 px-4 py-3 text-left -outline-offset-2 hover:bg-sunken"
                disabled={busy()}
                onClick={() => void signIn(person.name, person.role)}
              >
                <span
                  class="grid size-10 place-items-center rounded-full bg-accent-soft font-semibold text-accent"
                  aria-hidden="true"
                >
                  {person.name.charAt(0)}
                </span>
                <span>
                  <span class="block font-medium">{person.name}</span>
                  <span class="block text-sm text-ink-soft">{person.text}</span>
                </span>
              </button>
            </li>
          )}
        </For>
      </ul>
      <form class="card flex flex-col gap-4 p-5" onSubmit={onSubmit}>
        <h2 class="font-semibold">Somebody else</h2>
        <TextField
          label="Name"
          name="name"
          required
          maxlength="64"
          autocomplete="nickname"
          value={name()}
          onInput={(event) => setName(event.currentTarget.value)}
          error={nameError()}
        />
        <fieldset>
          <legend class="label">Role</legend>
          <div class="flex gap-5 text-sm">
            <RoleChoice role="customer" label="Customer" chosen={role()} onChoose={setRole} />
            <RoleChoice role="staff" label="Staff" chosen={role()} onChoose={setRole} />
          </div>
        </fieldset>
        <button type="submit" class="btn btn-primary" disabled={busy() || name().trim() === ''}>
          Sign in
        </button>
      </form>
      <p class="text-sm text-ink-faint">
        This is the demo sign-in: anybody may be anybody. It is off where tokens come from
        elsewhere.
      </p>
    </div>
  )
}

function RoleChoice(props: {
  readonly role: Role
  readonly label: string
  readonly chosen: Role
  readonly onChoose: (role: Role) => void
}): JSX.Element {
  return (
    <label class="flex items-center gap-2 py-1">
      <input
        type="radio"
        name="role"
        class="size-4 accent-(--accent)"
        checked={props.chosen === props.role}
        onChange={() => props.onChoose(props.role)}
      />
      {props.label}
    </label>
  )
}

/** For a shop with its own sign-in: a token from there, tried on the server before it is taken. */
function TokenSignIn(): JSX.Element {
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
      setError('This is not a token: expected three parts with dots between them.')
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
          Token
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
        <p
          id="token-text"
          class="mt-1 text-sm"
          classList={{ 'text-cancelled': Boolean(error()), 'text-ink-soft': !error() }}
        >
          {error() ??
            'Paste a token from your sign-in. It stays in this browser until you sign out.'}
        </p>
      </div>
      <button type="submit" class="btn btn-primary" disabled={busy()}>
        Sign in
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
