import type { JSX } from 'solid-js'
import { Show } from 'solid-js'
import type { Identity } from '../stores/session'
import { texts } from '../texts'

export const ACCOUNT_BUTTON = 'btn btn-plain btn-small -mr-2 gap-2 pr-2 pl-1.5 font-medium'

/** Who is signed in: on the narrowest screens by their initial, and in full to a screen reader. */
export function AccountFace(props: { readonly who: Identity }): JSX.Element {
  return (
    <>
      <span
        class="grid size-7 shrink-0 place-items-center rounded-full bg-accent-soft text-sm font-semibold text-accent forced-colors:border"
        aria-hidden="true"
      >
        {initial(props.who.name)}
      </span>
      <span class="max-w-32 truncate max-[23.5rem]:sr-only sm:max-w-48">
        <span class="sr-only">{texts.account.name}</span>
        {props.who.name}
        <Show when={props.who.role === 'staff'}>{texts.account.staff}</Show>
      </span>
    </>
  )
}

function initial(name: string): string {
  return (Array.from(name.trim())[0] ?? '?').toUpperCase()
}
