import { texts } from '../texts'

/** How times are written, in the reader's own words and time zone. */
export const TIME_FORMATS = {
  full: new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'short' }),
  /** Where the year goes without saying. */
  short: new Intl.DateTimeFormat(undefined, {
    day: 'numeric',
    month: 'short',
    hour: 'numeric',
    minute: 'numeric',
  }),
  day: new Intl.DateTimeFormat(undefined, { dateStyle: 'medium' }),
  shortDay: new Intl.DateTimeFormat(undefined, { day: 'numeric', month: 'short' }),
  time: new Intl.DateTimeFormat(undefined, { timeStyle: 'short' }),
}
const { full, short, day, shortDay, time } = TIME_FORMATS

/** A point in time in as few words as say it: `today, 06:14`; the year where it is another. */
export function whenText(at: Date, now: Date = new Date()): string {
  const days = daysBetween(at, now)
  if (days === 0) return texts.common.today(time.format(at))
  if (days === 1) return texts.common.yesterday(time.format(at))
  return (at.getFullYear() === now.getFullYear() ? short : full).format(at)
}

/** A day as a heading: `Today`, `21 Nov`; the year where it is another. */
export function dayText(at: Date, now: Date = new Date()): string {
  const recent = texts.common.recentDays[daysBetween(at, now)]
  return recent ?? (at.getFullYear() === now.getFullYear() ? shortDay : day).format(at)
}

/** Of a change: only what it says that the time before it did not; null where that is nothing. */
export function changeText(at: Date, before: Date, now: Date = new Date()): string | null {
  const [text, textBefore] = [whenText(at, now), whenText(before, now)]
  if (text === textBefore) return null
  return daysBetween(before, at) === 0 ? time.format(at) : text
}

/** Days of the reader's time zone from one to the other. */
function daysBetween(from: Date, to: Date): number {
  const count = (date: Date) =>
    Date.UTC(date.getFullYear(), date.getMonth(), date.getDate()) / 86_400_000
  return count(to) - count(from)
}
