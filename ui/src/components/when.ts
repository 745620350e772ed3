import { texts } from '../texts'

const TIME = new Intl.DateTimeFormat(undefined, { timeStyle: 'short' })
const OF_THIS_YEAR = new Intl.DateTimeFormat(undefined, {
  day: 'numeric',
  month: 'short',
  hour: 'numeric',
  minute: 'numeric',
})
const OF_ANOTHER_YEAR = new Intl.DateTimeFormat(undefined, {
  dateStyle: 'medium',
  timeStyle: 'short',
})
const DAY = new Intl.DateTimeFormat(undefined, { day: 'numeric', month: 'short' })
const DAY_AND_YEAR = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium' })

/** A point in time in as few words as say it: `today, 06:14`; the year where it is another. */
export function whenText(at: Date, now: Date = new Date()): string {
  const days = daysBetween(at, now)
  if (days === 0) return texts.common.today(TIME.format(at))
  if (days === 1) return texts.common.yesterday(TIME.format(at))
  return (at.getFullYear() === now.getFullYear() ? OF_THIS_YEAR : OF_ANOTHER_YEAR).format(at)
}

/** A day as a heading: `Today`, `21 Nov`; the year where it is another. */
export function dayText(at: Date, now: Date = new Date()): string {
  const recent = texts.common.recentDays[daysBetween(at, now)]
  return recent ?? (at.getFullYear() === now.getFullYear() ? DAY : DAY_AND_YEAR).format(at)
}

/** Of a change: only what it says that the time before it did not; null where that is nothing. */
export function changeText(at: Date, before: Date, now: Date = new Date()): string | null {
  const [text, textBefore] = [whenText(at, now), whenText(before, now)]
  if (text === textBefore) return null
  return daysBetween(before, at) === 0 ? TIME.format(at) : text
}

/** Days of the reader's time zone from one to the other. */
function daysBetween(from: Date, to: Date): number {
  const day = (date: Date) =>
    Date.UTC(date.getFullYear(), date.getMonth(), date.getDate()) / 86_400_000
  return day(to) - day(from)
}
