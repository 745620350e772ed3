import type { JSX } from 'solid-js'
import { dayText, whenText } from './when'

const FORMATS = {
  full: new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'short' }),
  /** As few words as say it. */
  when: { format: (date: Date) => whenText(date) },
  /** As a heading above times. */
  heading: { format: (date: Date) => dayText(date) },
  /** Where the year goes without saying. */
  short: new Intl.DateTimeFormat(undefined, {
    day: 'numeric',
    month: 'short',
    hour: 'numeric',
    minute: 'numeric',
  }),
  day: new Intl.DateTimeFormat(undefined, { dateStyle: 'medium' }),
  time: new Intl.DateTimeFormat(undefined, { timeStyle: 'short' }),
}
const EXACT = new Intl.DateTimeFormat(undefined, { dateStyle: 'full', timeStyle: 'long' })

/** A point in time in the reader's own words and time zone. */
export function Time(props: {
  readonly at: string
  readonly as?: keyof typeof FORMATS
}): JSX.Element {
  return (
    <time datetime={props.at} title={EXACT.format(new Date(props.at))}>
      {FORMATS[props.as ?? 'full'].format(new Date(props.at))}
    </time>
  )
}
