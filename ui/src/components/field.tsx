import type { JSX } from 'solid-js'
import { createUniqueId, Show, splitProps } from 'solid-js'
import { texts } from '../texts'

interface FieldProps extends JSX.InputHTMLAttributes<HTMLInputElement> {
  readonly label: string
  readonly error?: string | undefined
  readonly hint?: string
}

/** A labelled input with its error beside it, tied together for assistive technology. */
export function TextField(props: FieldProps): JSX.Element {
  const [own, input] = splitProps(props, ['label', 'error', 'hint', 'class'])
  const id = createUniqueId()
  return (
    <div class={own.class}>
      <label class="label" for={id}>
        {own.label}
        <Show when={!input.required}>
          <span class="ml-1 font-normal text-ink-faint">({texts.common.optional})</span>
        </Show>
      </label>
      <input
        {...input}
        id={id}
        class="control"
        aria-invalid={own.error ? 'true' : undefined}
        aria-describedby={own.error || own.hint ? `${id}-text` : undefined}
      />
      <FieldText id={`${id}-text`} error={own.error} hint={own.hint} />
    </div>
  )
}

/** What stands below a control: its error, else its hint. */
export function FieldText(props: {
  readonly id: string
  readonly error?: string | undefined
  readonly hint?: string | undefined
}): JSX.Element {
  return (
    <Show when={props.error ?? props.hint}>
      <p
        id={props.id}
        class="mt-1 text-sm"
        classList={{ 'text-cancelled': Boolean(props.error), 'text-ink-soft': !props.error }}
      >
        {props.error ?? props.hint}
      </p>
    </Show>
  )
}
