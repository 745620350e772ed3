import { expect, test } from 'bun:test'
import fc from 'fast-check'
import { chunksOf, type TopicRecord } from './producer'

const KIB = 1_024

test('chunks hold all records once, in order, and only a record alone is over the bounds', () => {
  const sizes = fc.array(fc.integer({ min: 0, max: 700 * KIB }), { maxLength: 30 })
  fc.assert(
    fc.property(sizes, (all) => {
      const records = all.map((size): TopicRecord => {
        return { topic: 't', key: null, value: Buffer.alloc(size) }
      })
      const chunks = [...chunksOf(records)]
      expect(chunks.flatMap(({ start, end }) => all.slice(start, end))).toEqual(all)
      for (const { start, end } of chunks) {
        const bytes = all.slice(start, end).reduce((sum, size) => sum + size, 0)
        expect(end > start && (end - start === 1 || bytes <= 512 * KIB)).toBe(true)
      }
    }),
  )
})

test('a chunk has at most 1,000 records, however small', () => {
  const records = Array.from({ length: 2_001 }, (_, at): TopicRecord => {
    return { topic: 't', key: 'é', value: String(at), headers: { a: 'b' } }
  })
  const lengths = [...chunksOf(records)].map(({ start, end }) => end - start)
  expect(lengths).toEqual([1_000, 1_000, 1])
  expect([...chunksOf([])]).toEqual([])
})
