import { expect, test } from 'bun:test'
import { createTurns } from './turns'

test('one after the other of the same key, also after one that failed', async () => {
  const inTurn = createTurns()
  const first = Promise.withResolvers<void>()
  const begun: string[] = []
  const work = (name: string, ends: Promise<void>) => () => {
    begun.push(name)
    return ends
  }
  const failing = inTurn('a', work('a1', first.promise))
  const second = inTurn('a', work('a2', Promise.resolve()))
  await inTurn('b', work('b1', Promise.resolve()))
  expect(begun).toEqual(['a1', 'b1'])
  first.reject(new Error('failed'))
  expect(failing).rejects.toThrow('failed')
  await second
  expect(begun).toEqual(['a1', 'b1', 'a2'])
})
