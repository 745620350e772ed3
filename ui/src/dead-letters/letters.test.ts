import { expect, test } from 'bun:test'
import { createRoot, createSignal } from 'solid-js'
import type { Api, DeadLetter, Page } from '../api'
import { createLetters, withNewest } from './letters'

const letter = (id: string, more: Partial<DeadLetter> = {}): DeadLetter => ({
  id,
  at: '2026-01-01T00:00:00.000Z',
  reason: 'invalid',
  detail: 'total: expected an amount.',
  source: { topic: 'order.created', partition: 0, offset: 1, at: '2026-01-01T00:00:00.000Z' },
  orderId: null,
  redrivenAt: null,
  redriveOf: null,
  valueBytes: 2,
  whole: true,
  ...more,
})

const page = (ids: readonly string[], next: string | null): Page<DeadLetter> => ({
  items: ids.map((id) => letter(id)),
  cursor: null,
  next,
})

function setUp() {
  const asked: Parameters<Api['deadLetters']>[] = []
  const answers: PromiseWithResolvers<Page<DeadLetter>>[] = []
  return createRoot((dispose) => {
    const [reason, setReason] = createSignal<string | null>(null)
    const deadLetters: Api['deadLetters'] = (...query) => {
      asked.push(query)
      const answer = Promise.withResolvers<Page<DeadLetter>>()
      answers.push(answer)
      return answer.promise
    }
    const letters = createLetters({ deadLetters }, reason)
    const ids = () => letters.items()?.map(({ id }) => id)
    return { letters, ids, asked, answers, setReason, dispose }
  })
}

const settled = () => new Promise((resolve) => setImmediate(resolve))

test('what is new comes on top, and pages go on where they ended', async () => {
  const { letters, ids, asked, answers } = setUp()
  answers[0]!.resolve(page(['3', '2'], 'older'))
  await settled()
  void letters.refresh()
  void letters.refresh()
  answers[1]!.resolve(page(['4', '3'], 'other'))
  await settled()
  expect(ids()).toEqual(['4', '3', '2'])
  expect(letters.arrived()).toBe(1)
  void letters.loadMore()
  expect(asked[2]![0]).toMatchObject({ next: 'older' })
  answers[2]!.resolve(page(['2', '1'], null))
  await settled()
  expect(ids()).toEqual(['4', '3', '2', '1'])
  expect(letters.hasMore()).toBe(false)
  expect(asked.length).toBe(3)
})

test('where more came than one page holds, the list begins anew', () => {
  const known = page(['2', '1'], null).items
  expect(withNewest(known, page(['9', '8'], 'older'))).toBeNull()
  // All that there is: what retention took goes.
  expect(withNewest(known, page(['2'], null))?.map(({ id }) => id)).toEqual(['2'])
  // Looked through for as long as may be, and nothing of this reason found.
  expect(withNewest(known, page([], 'older'))).toEqual(known)
})

test('what follows on a list that began anew meanwhile is not put below the new one', async () => {
  const { letters, ids, asked, answers } = setUp()
  answers[0]!.resolve(page(['3', '2'], 'older'))
  await settled()
  void letters.loadMore()
  void letters.refresh()
  answers[2]!.resolve(page(['9', '8'], 'after 8'))
  await settled()
  answers[1]!.resolve(page(['1'], null))
  await settled()
  expect(ids()).toEqual(['9', '8'])
  expect(letters.loadingMore()).toBe(false)
  void letters.loadMore()
  expect(asked[3]![0]).toMatchObject({ next: 'after 8' })
})

test('another reason drops what is on its way for the one before', async () => {
  const { letters, ids, asked, answers, setReason } = setUp()
  setReason('foreign')
  await settled()
  expect(asked[0]![1]?.aborted).toBe(true)
  answers[1]!.resolve(page(['2'], null))
  answers[0]!.resolve(page(['1'], null))
  await settled()
  expect(ids()).toEqual(['2'])
  expect(asked[1]![0]).toMatchObject({ reason: 'foreign' })
  expect(letters.error()).toBeNull()
})

test('trouble leaves what is shown, until it is over', async () => {
  const { letters, ids, answers } = setUp()
  answers[0]!.resolve(page(['1'], null))
  await settled()
  void letters.refresh()
  answers[1]!.reject(new Error('gone'))
  await settled()
  expect(letters.error()).toBeInstanceOf(Error)
  expect(ids()).toEqual(['1'])
  void letters.refresh()
  answers[2]!.resolve(page(['1'], null))
  await settled()
  expect(letters.error()).toBeNull()
})

test('tells what became of a letter that was sent back', async () => {
  const { letters, answers } = setUp()
  answers[0]!.resolve(page(['1'], null))
  await settled()
  expect(letters.stateOf(letters.get('1')!)).toBe('waiting')
  letters.markSent('1', '2026-01-01T00:01:00.000Z')
  expect(letters.stateOf(letters.get('1')!)).toBe('sent')
  void letters.refresh()
  const items = [letter('2', { redriveOf: '1' }), letters.get('1')!]
  answers[1]!.resolve({ items, cursor: null, next: null })
  await settled()
  expect(letters.stateOf(letters.get('1')!)).toBe('refused')
  expect(letters.refusedAs('1')).toBe('2')
})
