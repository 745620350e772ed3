import type { JSX } from 'solid-js'
import { Time } from '../components/time'

/** When an order was placed, as short as it can be said and still be read without thinking. */
export function PlacedTime(props: { readonly at: string }): JSX.Element {
  return <Time at={props.at} as={formatFor(new Date(props.at), new Date())} />
}

function formatFor(at: Date, now: Date): 'time' | 'short' | 'day' {
  if (at.toDateString() === now.toDateString()) return 'time'
  return at.getFullYear() === now.getFullYear() ? 'short' : 'day'
}
