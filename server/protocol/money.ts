/** Digits after the point in a currency's major unit, by ISO 4217 (as the runtime's CLDR has it). */
export function minorDigits(currency: string): number {
  return (
    new Intl.NumberFormat('en', { style: 'currency', currency }).resolvedOptions()
      .maximumFractionDigits ?? 2
  )
}

interface MoneyFormat {
  readonly format: (amount: number) => string
}

/** By locale and currency: to make one takes longer than to use it a hundred times. */
const formats = new Map<string, MoneyFormat>()

function formatOf(currency: string, locale: string | undefined): MoneyFormat {
  const name = `${locale ?? ''} ${currency}`
  const known = formats.get(name)
  if (known) return known
  const format = new Intl.NumberFormat(locale, { style: 'currency', currency })
  const divisor = 10 ** (format.resolvedOptions().maximumFractionDigits ?? 2)
  const made = { format: (amount: number) => format.format(amount / divisor) }
  formats.set(name, made)
  return made
}

/** `1250` EUR → `€12.50`, in the reader's locale. `amount` is an integer of the minor unit. */
export function formatMoney(amount: number, currency: string, locale?: string): string {
  return formatOf(currency, locale).format(amount)
}
