import { CHANNEL_NAMES, type ChannelName } from '../../server/protocol/frames'
import type { KeptState, Place } from './api'
import type { ClientStorage } from './storage'

/** What of a channel outlives a reload: state and place in one string, so that they cannot disagree. */
export interface Kept extends Place, KeptState {}

const keyOf = (name: string) => `orderwire.${name}`

/** One record of one subject in the storage. */
export class KeptRecord<Value> {
  constructor(
    private readonly storage: ClientStorage,
    readonly name: string,
    private readonly subject: string,
    private readonly isValue: (value: unknown) => value is Value,
  ) {}

  /** Null, and nothing is left behind, where it is another subject's or cannot be understood. */
  read(): Value | null {
    const text = this.storage.get(keyOf(this.name))
    if (text === null) return null
    const record = parse(text)
    if (record?.subject === this.subject && this.isValue(record.value)) return record.value
    this.remove()
    return null
  }

  write(value: Value): void {
    this.storage.set(keyOf(this.name), JSON.stringify({ subject: this.subject, value }))
  }

  remove(): void {
    this.storage.remove(keyOf(this.name))
  }
}

export type KeptChannels = Readonly<Record<ChannelName, KeptRecord<Kept>>>

export function keptChannels(storage: ClientStorage, subject: string): KeptChannels {
  const entries = CHANNEL_NAMES.map(
    (name) => [name, new KeptRecord(storage, name, subject, isKept)] as const,
  )
  return Object.fromEntries(entries) as Record<ChannelName, KeptRecord<Kept>>
}

function isKept(value: unknown): value is Kept {
  if (typeof value !== 'object' || value === null) return false
  const { cursor, last, items } = value as Partial<Record<keyof Kept, unknown>>
  return (
    typeof cursor === 'string' &&
    (last === null || typeof last === 'string') &&
    Array.isArray(items)
  )
}

function parse(text: string): { subject?: unknown; value?: unknown } | null {
  try {
    const record: unknown = JSON.parse(text)
    return typeof record === 'object' ? record : null
  } catch {
    return null
  }
}
