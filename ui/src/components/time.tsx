import type { JSX } from 'solid-js'
import { dayText, TIME_FORMATS, whenText } from './when'

const FORMATS = {
  ...TIME_FORMATS,
  /** As few words as say it. */
  when: { format: (date: Date) => whenText(date) },
  /** As a heading above times. */
  heading: { format: (date: Date) => dayText(date) },
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
