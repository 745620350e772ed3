import type { JSX } from 'solid-js'

const SHORT = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'short' })
const EXACT = new Intl.DateTimeFormat(undefined, { dateStyle: 'full', timeStyle: 'long' })

/** A point in time in the reader's own words and time zone. */
export function Time(props: { readonly at: string }): JSX.Element {
  return (
    <time datetime={props.at} title={EXACT.format(new Date(props.at))}>
      {SHORT.format(new Date(props.at))}
    </time>
  )
}
