import type { JSX } from 'solid-js'
import { createUniqueId } from 'solid-js'
import { FieldText } from '../components/field'
import { texts } from '../texts'

const MAX_DESCRIPTION = 1_000

/** As high as what is in it, so that all of it can be read. */
export function DescriptionField(props: {
  readonly value: string
  readonly error?: string | undefined
  readonly hint?: string | undefined
  readonly onInput: (text: string) => void
}): JSX.Element {
  const id = createUniqueId()
  return (
    <div>
      <label class="label" for={id}>
        {texts.products.dialog.description}
        <span class="ml-1 font-normal text-ink-faint">({texts.common.optional})</span>
      </label>
      <textarea
        id={id}
        name="description"
        class="control field-sizing-content max-h-48"
        rows="2"
        maxlength={MAX_DESCRIPTION}
        autocomplete="off"
        value={props.value}
        aria-invalid={props.error ? 'true' : undefined}
        aria-describedby={props.error || props.hint ? `${id}-text` : undefined}
        onInput={(event) => props.onInput(event.currentTarget.value)}
      />
      <FieldText id={`${id}-text`} error={props.error} hint={props.hint} />
    </div>
  )
}
