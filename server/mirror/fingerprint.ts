import type { KafkaRecord } from '../kafka/kafka'

/**
 * Tells a record from another one in its place: 16 hex digits of a chain of xxHash64 over timestamp,
 * key and value. What is absent counts otherwise than what is empty.
 */
export function fingerprintOf({ timestamp, key, value }: KafkaRecord): string {
  const start = BigInt(timestamp * 4 + (key ? 1 : 0) + (value ? 2 : 0))
  const keyed = key ? Bun.hash.xxHash64(key, start) : start
  const hash = value ? Bun.hash.xxHash64(value, keyed) : BigInt.asUintN(64, keyed)
  return hash.toString(16).padStart(16, '0')
}
