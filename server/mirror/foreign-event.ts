import type { ForeignEvent } from '../orders/projection'
import type { EventName } from '../protocol/frames'
import { ORDER_FIELDS } from './field-names'
import {
  amountOf,
  currencyOf,
  digitsOf,
  idOf,
  statusOf,
  textOf,
  timeOf,
  wholeNumberOf,
} from './fields'
import { addressOf, itemsOf, othersOf } from './foreign-parts'
import type { JsonObject } from './json'
import { rename, type Found } from './rename'
import type { MirrorSettings } from './settings'
import { invalid } from './unfit'

type Member = (typeof ORDER_FIELDS)[number]
type Known = ReadonlyMap<Member, Found>

const MEMBER_SET: ReadonlySet<Member> = new Set(ORDER_FIELDS)
const ACCEPTED: ReadonlyMap<string, Member> = new Map([['userId', 'buyerId']])

/** Without these an order is not one yet. */
const REQUIRED: Readonly<Record<EventName, readonly Member[]>> = {
  created: ['items', 'subtotal', 'tax', 'total', 'status', 'createdAt'],
  updated: [],
  cancelled: [],
}

/** Where a foreign record came from. */
export interface ForeignSource {
  readonly name: EventName
  /** `partition@offset` */
  readonly source: string
  /** Milliseconds since the epoch. */
  readonly timestamp: number
}

/** What another service's record says of its order. Throws `Unfit`. */
export function readForeignEvent(
  object: JsonObject,
  { name, source, timestamp }: ForeignSource,
  settings: Pick<MirrorSettings, 'fields' | 'statuses' | 'currency'>,
): ForeignEvent {
  const { known, others } = rename(object, MEMBER_SET, settings.fields, ACCEPTED)
  for (const member of REQUIRED[name]) {
    if (!known.has(member)) throw invalid(member, `it in every event of ${name} orders`, undefined)
  }
  const id = known.get('orderId')
  const orderId = idOf(id?.value, id?.name ?? 'orderId')
  const version = known.get('version')
  const { fields, extra } = fieldsOf(known, settings)
  const time = fields.updatedAt ?? fields.cancelledAt ?? fields.createdAt
  return {
    name,
    orderId,
    fields,
    extra: { ...extra, ...othersOf(others) },
    stamp: {
      version: version ? wholeNumberOf(version.value, 0, version.name) : null,
      time: typeof time === 'string' ? Date.parse(time) : timestamp,
      name,
      source,
    },
  }
}

/** Known members by our names, in our form; what their parts say beyond is in `extra`. */
function fieldsOf(
  known: Known,
  { fields: names, statuses, currency }: Pick<MirrorSettings, 'fields' | 'statuses' | 'currency'>,
): { fields: JsonObject; extra: JsonObject } {
  const fields: JsonObject = {}
  const extra: JsonObject = {}
  const named = known.get('currency')
  const digits = digitsOf(named ? currencyOf(named.value, named.name) : currency)
  for (const [member, found] of known) {
    const { name, value } = found
    switch (member) {
      case 'orderId':
      case 'version':
        break
      case 'buyerId':
        fields.buyerId = idOf(value, name)
        break
      case 'items':
      case 'shippingAddress': {
        const read = member === 'items' ? itemsOf(found, digits, names) : addressOf(found, names)
        fields[member] = read.part
        if (read.extra !== null) extra[member] = read.extra
        break
      }
      case 'currency':
        fields.currency = currencyOf(value, name)
        break
      case 'subtotal':
      case 'tax':
      case 'total':
        fields[member] = amountOf(value, digits, name)
        break
      case 'status':
        fields.status = statusOf(statuses.get(String(value)) ?? value, name)
        break
      case 'createdAt':
      case 'updatedAt':
      case 'cancelledAt':
        fields[member] = timeOf(value, name)
        break
      case 'buyerEmail':
      case 'reason':
        fields[member] = textOf(value, name)
        break
    }
  }
  return { fields, extra }
}
