import type { EventName } from '../protocol/frames'
import type { FieldName, FoldState, Stamped } from './fold-state'
import type { Stamp } from './projection'

type StampText = readonly [version: number | null, time: number, name: EventName, source: string]
/** The place of the stamp in `stamps`, and the value. */
type StampedText<Name extends string> = readonly [name: Name, stamp: number, value: unknown]

/** As it is kept beside its order. Most fields share the stamp of one event: each is written once. */
interface FoldText {
  readonly earliest: number
  readonly stamps: readonly StampText[]
  readonly fields: readonly StampedText<FieldName>[]
  readonly extra: readonly StampedText<string>[]
}

/** What `foldOf` reads again, together with the order's id and version. */
export function foldText(state: FoldState): string {
  const stamps: StampText[] = []
  const places = new Map<string, number>()
  const placeOf = ({ version, time, name, source }: Stamp): number => {
    const stamp: StampText = [version, time, name, source]
    const key = stamp.join(' ')
    const known = places.get(key)
    if (known !== undefined) return known
    places.set(key, stamps.length)
    return stamps.push(stamp) - 1
  }
  const texts = <Name extends string>(members: ReadonlyMap<Name, Stamped>) =>
    [...members].map(([name, { value, stamp }]): StampedText<Name> => [name, placeOf(stamp), value])
  const text: FoldText = {
    earliest: state.earliest,
    stamps,
    fields: texts(state.fields),
    extra: texts(state.extra),
  }
  return JSON.stringify(text)
}

/** @throws SyntaxError for anything that `foldText` did not write */
export function foldOf(orderId: string, version: number, text: string): FoldState {
  const kept = JSON.parse(text) as FoldText
  const stamps = kept.stamps.map(([stampVersion, time, name, source]): Stamp => ({
    version: stampVersion,
    time,
    name,
    source,
  }))
  const members = <Name extends string>(texts: readonly StampedText<Name>[]) =>
    new Map(
      texts.map(([name, at, value]): [Name, Stamped] => [name, { value, stamp: stamps[at]! }]),
    )
  return {
    orderId,
    version,
    earliest: kept.earliest,
    fields: members(kept.fields),
    extra: members(kept.extra),
  }
}
