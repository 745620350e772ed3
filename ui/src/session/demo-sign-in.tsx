import type { JSX } from 'solid-js'
import { createSignal, For, Show } from 'solid-js'
import type { Role } from '../api'
import { TextField } from '../components/field'
import { ErrorNotice } from '../components/notice'
import { Problem } from '../problem'
import { texts } from '../texts'
import { useApi, useSession } from '../stores/app'
import { readToken } from '../stores/session'
import { useGoOn } from './go-on'

const { demo } = texts.session

interface DemoPerson {
  readonly name: string
  readonly role: Role
  readonly text: string
}

const DEMO_PEOPLE: readonly DemoPerson[] = [
  { name: 'Alice', role: 'customer', text: demo.customerText },
  { name: 'Bob', role: 'customer', text: demo.customerText },
  { name: 'Sam', role: 'staff', text: demo.staffText },
]

/** Two customers, one member of staff, or anybody. */
export function DemoSignIn(): JSX.Element {
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
                  class="grid size-10 place-items-center rounded-full bg-accent-soft font-semibold text-accent forced-colors:border"
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
        <h2 class="font-semibold">{demo.somebodyElse}</h2>
        <TextField
          label={demo.name}
          name="name"
          required
          maxlength="64"
          autocomplete="nickname"
          value={name()}
          onInput={(event) => setName(event.currentTarget.value)}
          error={nameError()}
        />
        <fieldset>
          <legend class="label">{demo.role}</legend>
          <div class="flex gap-5 text-sm finger:-my-1.5">
            <RoleChoice role="customer" label={demo.customer} chosen={role()} onChoose={setRole} />
            <RoleChoice role="staff" label={demo.staff} chosen={role()} onChoose={setRole} />
          </div>
        </fieldset>
        <button type="submit" class="btn btn-primary" disabled={busy() || name().trim() === ''}>
          {texts.common.signIn}
        </button>
      </form>
      <p class="text-sm text-ink-faint">{demo.explained}</p>
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
    <label class="flex items-center gap-2 py-1 finger:min-h-11">
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
