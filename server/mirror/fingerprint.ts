import type { KafkaRecord } from '../kafka/kafka'

/**
 * Tells a record from another one in its place: 16 hex digits of a chain of xxHash64 over timestamp,
 * key and value. What is absent counts otherwise than what is empty.
 */
export function fingerprintOf({ timestamp, key, value }: KafkaRecord): string {
  const start = BigInt(timestamp) * 4n + (key ? 1n : 0n) + (value ? 2n : 0n)
  const keyed = key ? Bun.hash.xxHash64(key, start) : start
  const hash = value ? Bun.hash.xxHash64(value, keyed) : keyed
  return BigInt.asUintN(64, hash).toString(16).padStart(16, '0')
}
