import { createSignal } from 'solid-js'
import { createStore } from 'solid-js/store'
import type { Product } from '../api'
import { Problem } from '../problem'
import { texts } from '../texts'
import {
  changeOf,
  EMPTY_PRODUCT,
  fieldsOf,
  idOf,
  newProductOf,
  productErrors,
  rebase,
  type ProductErrors,
  type ProductField,
  type ProductFields,
} from './product-form'
import { isStale, type StaffProducts } from './staff-products'

/** A product that is filled in or edited. Nothing of it is lost by a failed attempt to save it. */
export interface ProductEdit {
  readonly fields: ProductFields
  /** Reactive: what is wrong, by field. */
  readonly errors: () => ProductErrors
  /** Reactive: what went wrong otherwise; null: nothing. */
  readonly error: () => unknown
  /** Reactive: what somebody else made of fields that were changed here; null: nobody did. */
  readonly theirs: () => Partial<ProductFields> | null
  readonly busy: () => boolean
  readonly set: <Field extends ProductField>(field: Field, value: ProductFields[Field]) => void
  /** The product as it is saved; null where it is not, and why is shown. */
  readonly save: () => Promise<Product | null>
}

/** @param product the one to change; null: a new one */
export function createProductEdit(
  products: Pick<StaffProducts, 'add' | 'change' | 'find'>,
  product: Product | null,
  currency: string,
): ProductEdit {
  const [fields, setFields] = createStore({ ...(product ? fieldsOf(product) : EMPTY_PRODUCT) })
  const [errors, setErrors] = createSignal<ProductErrors>({})
  const [error, setError] = createSignal<unknown>(null)
  const [theirs, setTheirs] = createSignal<Partial<ProductFields> | null>(null)
  const [busy, setBusy] = createSignal(false)
  let seen = product
  let hasOwnId = product !== null

  function send(): Promise<Product> {
    if (!seen) return products.add(newProductOf(fields, currency))
    const change = changeOf(fields, seen)
    return Object.keys(change).length === 0 ? Promise.resolve(seen) : products.change(seen, change)
  }

  function showFailure(failure: unknown): void {
    const newest = seen && isStale(failure) ? products.find(seen.id) : undefined
    if (seen && newest && newest.version > seen.version) {
      const next = rebase(fields, seen, newest)
      setTheirs(overruled(fieldsOf(seen), fieldsOf(newest), next))
      setFields(next)
      seen = newest
      return
    }
    const atFields = fieldErrors(failure)
    if (Object.keys(atFields).length > 0) setErrors(atFields)
    else setError(failure)
  }

  return {
    fields,
    errors,
    error,
    theirs,
    busy,
    set(field, value) {
      setFields({ [field]: value } as Partial<ProductFields>)
      if (field === 'id') hasOwnId = true
      if (field === 'name' && !hasOwnId) setFields('id', idOf(String(value)))
      setErrors((known) => ({ ...known, [field]: undefined }))
    },
    async save() {
      if (busy()) return null
      const found = productErrors(fields, currency)
      setErrors(found)
      setError(null)
      if (Object.keys(found).length > 0) return null
      setBusy(true)
      try {
        return await send()
      } catch (failure) {
        showFailure(failure)
        return null
      } finally {
        setBusy(false)
      }
    },
  }
}

/** What somebody else changed, and will be another again when `mine` is saved. */
function overruled(
  before: ProductFields,
  theirs: ProductFields,
  mine: ProductFields,
): Partial<ProductFields> {
  return Object.fromEntries(
    Object.entries(theirs).filter(([name, value]) => {
      const field = name as ProductField
      return value !== before[field] && value !== mine[field]
    }),
  )
}

function fieldErrors(failure: unknown): ProductErrors {
  if (!(failure instanceof Problem)) return {}
  if (failure.code === 'product_exists') return { id: texts.products.missing.idTaken }
  return Object.fromEntries([...failure.fieldErrors()].filter(([field]) => field in EMPTY_PRODUCT))
}
