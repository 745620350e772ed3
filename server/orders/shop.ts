/** What a shop decides about its orders. */
export interface ShopSettings {
  /** ISO 4217: the currency of every order placed here. */
  readonly currency: string
  /** On the subtotal, may have decimals (`7.7`). */
  readonly taxPercent: number
  /** IANA name (`Europe/Berlin`): where a day of the shop begins and ends. */
  readonly timeZone: string
}

/** Tells which day it is in a time zone, as YYYY-MM-DD. */
export type DayOf = (at: Date) => string

/** @throws RangeError for a time zone that the runtime does not know */
export function createDayOf(timeZone: string): DayOf {
  const format = new Intl.DateTimeFormat('en', {
    timeZone,
    calendar: 'iso8601',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
  })
  // No zone changes its day within a minute, and formatting costs more than the rest of a write.
  let knownMinute = Number.NaN
  let knownDay = ''
  return (at) => {
    const minute = Math.floor(at.getTime() / 60_000)
    if (minute !== knownMinute) {
      const parts = new Map(format.formatToParts(at).map(({ type, value }) => [type, value]))
      knownDay = `${parts.get('year')!.padStart(4, '0')}-${parts.get('month')}-${parts.get('day')}`
      knownMinute = minute
    }
    return knownDay
  }
}
