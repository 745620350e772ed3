import type { JSX } from 'solid-js'
import { createUniqueId, For } from 'solid-js'
import type { Address } from '../../../server/protocol/order'
import { FieldText, TextField } from '../components/field'
import type { AddressErrors, AddressField } from '../stores/checkout'
import { texts } from '../texts'
import { countries } from './countries'

const MAX_TEXT = 200

/** Where an order goes to. */
export function AddressForm(props: {
  readonly address: Address
  readonly errors: AddressErrors
  readonly onChange: (field: AddressField, text: string) => void
}): JSX.Element {
  const bind = (field: AddressField) => ({
    name: field,
    maxlength: MAX_TEXT,
    get value() {
      return props.address[field] ?? ''
    },
    get error() {
      return props.errors[field]
    },
    onInput: (event: InputEvent & { readonly currentTarget: HTMLInputElement }) =>
      props.onChange(field, event.currentTarget.value),
  })
  const words = texts.storefront.checkout
  return (
    <fieldset class="grid grid-cols-1 gap-4 sm:grid-cols-6">
      <legend class="mb-4 text-lg font-semibold">{words.whereTo}</legend>
      <TextField
        {...bind('name')}
        label={words.fields.name}
        required
        autocomplete="shipping name"
        class="sm:col-span-6"
      />
      <TextField
        {...bind('line1')}
        label={words.fields.line1}
        required
        autocomplete="shipping address-line1"
        class="sm:col-span-6"
      />
      <TextField
        {...bind('line2')}
        label={words.fields.line2}
        autocomplete="shipping address-line2"
        class="sm:col-span-6"
      />
      <TextField
        {...bind('postalCode')}
        label={words.fields.postalCode}
        required
        autocomplete="shipping postal-code"
        class="sm:col-span-2"
      />
      <TextField
        {...bind('city')}
        label={words.fields.city}
        required
        autocomplete="shipping address-level2"
        class="sm:col-span-4"
      />
      <CountrySelect
        country={props.address.country}
        error={props.errors.country}
        onChange={(code) => props.onChange('country', code)}
      />
    </fieldset>
  )
}

function CountrySelect(props: {
  readonly country: string
  readonly error: string | undefined
  readonly onChange: (code: string) => void
}): JSX.Element {
  const id = createUniqueId()
  return (
    <div class="sm:col-span-6">
      <label class="label" for={id}>
        {texts.storefront.checkout.fields.country}
      </label>
      <select
        id={id}
        name="country"
        required
        autocomplete="shipping country"
        class="control"
        aria-invalid={props.error ? 'true' : undefined}
        aria-describedby={props.error ? `${id}-text` : undefined}
        onChange={(event) => props.onChange(event.currentTarget.value)}
      >
        <option value="" selected={props.country === ''}>
          {texts.storefront.checkout.choose}
        </option>
        <For each={countries()}>
          {({ code, name }) => (
            <option value={code} selected={props.country === code}>
              {name}
            </option>
          )}
        </For>
      </select>
      <FieldText id={`${id}-text`} error={props.error} />
    </div>
  )
}
