import type { JSX } from 'solid-js'
import { onCleanup, Show, untrack } from 'solid-js'
import { formatMoney } from '../../../server/protocol/money'
import type { Product } from '../api'
import { Dialog } from '../components/dialog'
import { FieldText, TextField } from '../components/field'
import { ErrorNotice } from '../components/notice'
import { problemText } from '../problem'
import { useSession, useToasts } from '../stores/app'
import { texts } from '../texts'
import { DescriptionField } from './description-field'
import { PictureField, pictureName } from './picture-field'
import { createProductEdit, type ProductEdit } from './product-edit'
import { parsePrice } from './product-form'
import type { StaffProducts } from './staff-products'

const MAX_NAME = 200
const MAX_ID = 100

/** Adds a product, or changes one. */
export function ProductDialog(props: {
  readonly products: StaffProducts
  /** Null: a new one. */
  readonly product: Product | null
  readonly currency: string
  /** Not called once it is closed: then nobody waits for what was saved. */
  readonly onSaved: (product: Product) => void
  readonly onClose: () => void
}): JSX.Element {
  const words = texts.products.dialog
  // One dialog is one edit: another product is another dialog.
  const product = untrack(() => props.product)
  const edit = untrack(() => createProductEdit(props.products, product, props.currency))
  const toasts = useToasts()
  const session = useSession()
  const editor = untrack(session.key)
  let form: HTMLFormElement | undefined
  let isOpen = true
  onCleanup(() => (isOpen = false))

  async function onSubmit(event: SubmitEvent): Promise<void> {
    event.preventDefault()
    const saved = await edit.save()
    if (session.key() !== editor) return
    if (saved) tellSaved(saved)
    else if (!isOpen) tellFailed()
    // Another dialog may be open by now, or none: an answer that comes late is for this one alone.
    if (!isOpen) return
    if (saved) {
      props.onSaved(saved)
      props.onClose()
    } else form?.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus()
  }

  function tellSaved({ name }: Product): void {
    const { added, saved } = texts.products.toasts
    toasts.show({ tone: 'success', text: product ? saved(name) : added(name) })
  }

  function tellFailed(): void {
    const { failed, notAdded, stale } = texts.products.toasts
    const text = product ? failed(product.name) : notAdded(edit.fields.name)
    const atField = Object.values(edit.errors()).find((error) => error !== undefined)
    const detail = edit.theirs() ? stale : (atField ?? problemText(edit.error()))
    toasts.show({ tone: 'warning', text, detail })
  }

  return (
    <Dialog
      title={product ? words.editTitle(product.name) : words.addTitle}
      onClose={() => props.onClose()}
    >
      <form
        ref={(element) => (form = element)}
        novalidate
        class="flex flex-col gap-4"
        onSubmit={(event) => void onSubmit(event)}
      >
        <Show when={edit.theirs()}>
          <p role="alert" class="note">
            {texts.products.conflict}
          </p>
        </Show>
        <TextFields edit={edit} isNew={product === null} currency={props.currency} />
        <PictureField
          value={edit.fields.picture}
          error={edit.errors().picture}
          hint={nowText(edit.theirs()?.picture, pictureName)}
          onChange={(picture) => edit.set('picture', picture)}
        />
        <ForSale edit={edit} />
        <Show when={edit.error() !== null}>
          <ErrorNotice error={edit.error()} />
        </Show>
        <div class="flex flex-col-reverse gap-2 sm:flex-row sm:justify-end">
          <button type="button" class="btn btn-quiet" onClick={() => props.onClose()}>
            {words.cancel}
          </button>
          <button type="submit" class="btn btn-primary" disabled={edit.busy()}>
            {edit.busy() ? words.saving : product ? words.save : words.add}
          </button>
        </div>
      </form>
    </Dialog>
  )
}

function TextFields(props: {
  readonly edit: ProductEdit
  readonly isNew: boolean
  readonly currency: string
}): JSX.Element {
  const words = texts.products.dialog
  const money = (text: string) => {
    const price = parsePrice(text, props.currency)
    return price === null ? text : formatMoney(price, props.currency)
  }
  const bind = (field: 'name' | 'id' | 'price', show?: (text: string) => string) => ({
    name: field,
    get value() {
      return props.edit.fields[field]
    },
    get error() {
      return props.edit.errors()[field]
    },
    get hint() {
      return nowText(props.edit.theirs()?.[field], show)
    },
    onInput: (event: InputEvent & { readonly currentTarget: HTMLInputElement }) =>
      props.edit.set(field, event.currentTarget.value),
  })
  return (
    <>
      <TextField
        {...bind('name')}
        label={words.name}
        required
        maxlength={MAX_NAME}
        autocomplete="off"
      />
      <Show when={props.isNew}>
        <TextField
          {...bind('id')}
          label={words.id}
          hint={words.idHint}
          required
          maxlength={MAX_ID}
          autocomplete="off"
          spellcheck={false}
          autocapitalize="none"
        />
      </Show>
      <DescriptionField
        value={props.edit.fields.description}
        error={props.edit.errors().description}
        hint={nowText(props.edit.theirs()?.description)}
        onInput={(text) => props.edit.set('description', text)}
      />
      <TextField
        {...bind('price', money)}
        label={words.price(props.currency)}
        required
        inputmode="decimal"
        autocomplete="off"
      />
    </>
  )
}

function ForSale(props: { readonly edit: ProductEdit }): JSX.Element {
  const words = texts.products.dialog
  const stateName = (active: boolean) => (active ? texts.products.forSale : texts.products.hidden)
  return (
    <div>
      <label class="flex items-center gap-2.5 text-sm font-medium finger:min-h-11">
        <input
          type="checkbox"
          name="active"
          class="size-4.5 accent-accent"
          checked={props.edit.fields.active}
          aria-describedby="for-sale-text"
          onChange={(event) => props.edit.set('active', event.currentTarget.checked)}
        />
        {words.forSale}
      </label>
      <FieldText
        id="for-sale-text"
        error={props.edit.errors().active}
        hint={nowText(props.edit.theirs()?.active, stateName) ?? words.forSaleHint}
      />
    </div>
  )
}

/** What somebody else made of a field, in words; undefined where nobody did. */
function nowText<Value extends string | boolean>(
  value: Value | undefined,
  show: (value: Value) => string = String,
): string | undefined {
  return value === undefined ? undefined : texts.products.now(show(value))
}
