import { expect, test } from 'bun:test'
import fc from 'fast-check'
import { compress } from 'snappyjs'
import { compressSnappy, decompressSnappy } from './codecs'

const BYTES = fc.uint8Array({ maxLength: 100_000, size: 'max' }).map((bytes) => Buffer.from(bytes))

test('snappy: what was compressed comes back, in blocks as Java writes them and as one bare block', () => {
  fc.assert(
    fc.property(BYTES, (plain) => {
      expect(decompressSnappy(compressSnappy(plain)).equals(plain)).toBe(true)
      expect(decompressSnappy(compress(plain)).equals(plain)).toBe(true)
    }),
    { numRuns: 30 },
  )
})

test('snappy: what is cut off is an error, not fewer records', () => {
  const whole = compressSnappy(Buffer.from('order'.repeat(20_000)))
  for (const bytes of [whole.length - 1, whole.length - 300, 21, 18])
    expect(() => decompressSnappy(whole.subarray(0, bytes))).toThrow()
})
