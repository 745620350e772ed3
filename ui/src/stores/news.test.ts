import { describe, expect, test } from 'bun:test'
import { createRoot, createSignal } from 'solid-js'
import { createVirtualClock } from '../../client/testing/virtual-clock'
import { createStorage } from '../../testing/storage'
import { createNews } from './news'
import { createTold } from './told'
import type { ToastText } from './toasts'

/** Tabs of one browser; each tells what it shows, and what it says was missed. */
function openBrowser() {
  const storage = createStorage()
  const clock = createVirtualClock()
  function openTab({
    inSight = true,
    settled = async () => {},
    awaitsAnswer = (_orderId: string): boolean => false,
  } = {}) {
    const shown: string[] = []
    const missed: string[] = []
    const unseen: string[] = []
    const [looking, look] = createSignal(inSight)
    const { news, end } = createRoot((end) => {
      const news = createNews({
        toasts: { show: ({ text }: ToastText) => void shown.push(text) },
        told: createTold(storage, 'orders', null, clock),
        looking,
        href: '/orders',
        settled,
        awaitsAnswer,
        onMissed: (ids) => void missed.push(...ids),
        onUnseen: ({ orderId }) => void unseen.push(orderId),
      })
      return { news, end }
    })
    const hear = (orderId: string, version: number, late = false, updates = 1) =>
      news.tell(
        { orderId, version, updates, text: { tone: 'info', text: `${orderId} v${version}` } },
        late,
      )
    return { news, hear, shown, missed, unseen, look, end }
  }
  return { openTab, clock }
}

/** Until what is told in turn was told. */
const told = () => new Promise((resolve) => setImmediate(resolve))

describe('whoever looks', () => {
  test('is told now what happens now', () => {
    const { hear, shown, missed } = openBrowser().openTab()
    hear('a', 2)
    expect(shown).toEqual(['a v2'])
    expect(missed).toEqual([])
  })

  test('is told what was missed when the interruption is over, in order, once', async () => {
    const { news, hear, shown, missed } = openBrowser().openTab()
    hear('a', 2, true)
    hear('a', 3, true)
    hear('b', 2, true)
    expect(shown).toEqual([])
    news.flush()
    await told()
    expect(shown).toEqual(['a v2', 'a v3', 'b v2'])
    expect(missed).toEqual(['a', 'b'])
    news.flush()
    await told()
    expect(shown).toHaveLength(3)
  })

  test('is told first what was missed, and then what happened meanwhile', async () => {
    const { news, hear, shown } = openBrowser().openTab()
    hear('a', 2, true)
    news.flush()
    hear('a', 3)
    await told()
    expect(shown).toEqual(['a v2', 'a v3'])
  })
})

describe('much that was missed is one number, the same', () => {
  const summary = '4 updates while you were away'

  test('after a replay', async () => {
    const { news, hear, shown } = openBrowser().openTab()
    for (const version of [2, 3, 4]) hear('a', version, true)
    hear('b', 1, true)
    news.flush()
    await told()
    expect(shown).toEqual([summary])
  })

  test('after a snapshot', async () => {
    const { news, hear, shown, missed } = openBrowser().openTab()
    hear('a', 4, true, 3)
    hear('b', 1, true, 1)
    news.flush()
    await told()
    expect(shown).toEqual([summary])
    expect(missed).toEqual(['a', 'b'])
  })

  test('after a replay of more orders than are remembered one by one', async () => {
    const { news, hear, shown } = openBrowser().openTab()
    for (let index = 0; index < 1_200; index++) hear(`order-${index}`, 1, true)
    news.flush()
    await told()
    expect(shown).toEqual(['1,200 updates while you were away'])
  })
})

describe('a tab out of sight', () => {
  test('tells when it is looked at', async () => {
    const { hear, shown, missed, unseen, look } = openBrowser().openTab({ inSight: false })
    hear('a', 2)
    await told()
    expect(shown).toEqual([])
    expect(unseen).toEqual(['a'])
    look(true)
    await told()
    expect(shown).toEqual(['a v2'])
    expect(missed).toEqual(['a'])
  })

  test('tells nothing before the interruption is over', async () => {
    const { news, hear, shown, look } = openBrowser().openTab({ inSight: false })
    hear('a', 2, true)
    look(true)
    await told()
    expect(shown).toEqual([])
    news.flush()
    await told()
    expect(shown).toEqual(['a v2'])
  })

  test('tells nothing that another one told', async () => {
    const { openTab, clock } = openBrowser()
    const front = openTab()
    const back = openTab({ inSight: false })
    for (const tab of [front, back]) tab.hear('a', 2)
    await clock.advance(1_000)
    for (const tab of [front, back]) tab.hear('a', 3)
    await clock.advance(1_000)
    back.hear('a', 4)
    back.look(true)
    await told()
    expect(front.shown).toEqual(['a v2', 'a v3'])
    expect(back.shown).toEqual(['a v4'])
  })
})

test('of two tabs in sight, one tells that much was missed', async () => {
  const { openTab } = openBrowser()
  const tabs = [openTab(), openTab()]
  for (const tab of tabs)
    for (let index = 0; index < 1_200; index++) tab.hear(`order-${index}`, 1, true)
  for (const tab of tabs) tab.news.flush()
  await told()
  expect(tabs.map(({ shown }) => shown)).toEqual([['1,200 updates while you were away'], []])
})

test('of two tabs in sight, one tells what was missed', async () => {
  const { openTab } = openBrowser()
  const tabs = [openTab(), openTab()]
  for (const tab of tabs) for (let version = 2; version < 7; version++) tab.hear('a', version, true)
  for (const tab of tabs) tab.news.flush()
  await told()
  expect(tabs.map(({ shown }) => shown)).toEqual([['5 updates while you were away'], []])
})

test('what the reader did is news in that tab alone, whatever comes first', async () => {
  const { openTab } = openBrowser()
  let answer = () => {}
  const settled = () => new Promise<void>((resolve) => (answer = resolve))
  const [mine, other] = [openTab(), openTab({ settled })]
  const placed = {
    orderId: 'a',
    version: 1,
    updates: 1,
    text: { tone: 'info', text: 'placed' },
    mayBeOwn: true,
  } as const
  other.news.tell(placed, false)
  await told()
  await mine.news.own(placed)
  mine.news.tell(placed, false)
  answer()
  await told()
  expect(mine.shown).toEqual(['placed'])
  expect(other.shown).toEqual([])
})

describe('while the reader waits for what becomes of a change', () => {
  function change() {
    const [open, setOpen] = createSignal<readonly string[]>(['a'])
    const tab = openBrowser().openTab({ awaitsAnswer: (orderId) => open().includes(orderId) })
    return { ...tab, answer: () => setOpen([]) }
  }

  test('what the answer tells is not told twice', async () => {
    const { news, hear, shown, answer } = change()
    hear('a', 2)
    hear('b', 2)
    expect(shown).toEqual(['b v2'])
    void news.own({ orderId: 'a', version: 2 })
    answer()
    await told()
    expect(shown).toEqual(['b v2'])
  })

  test('what it does not tell is told after it', async () => {
    const { hear, shown, answer } = change()
    hear('a', 2)
    answer()
    await told()
    expect(shown).toEqual(['a v2'])
    hear('a', 3)
    expect(shown).toEqual(['a v2', 'a v3'])
  })

  test('what was missed is told after it as well', async () => {
    const { news, hear, shown, answer } = change()
    hear('a', 2, true)
    news.flush()
    await told()
    expect(shown).toEqual([])
    answer()
    expect(shown).toEqual(['a v2'])
  })
})

test('once the session is over nobody is told what comes in for it, nor notified', async () => {
  const { openTab } = openBrowser()
  const [near, away] = [openTab(), openTab({ inSight: false })]
  for (const { news, hear, end } of [near, away]) {
    end()
    await news.own({ orderId: 'a', version: 1 })
    hear('a', 1)
    hear('b', 2, true)
    news.flush()
    news.shown({ orderId: 'c', version: 1, updates: 1, text: { tone: 'info', text: 'c' } })
  }
  await told()
  expect([...near.shown, ...near.missed, ...away.unseen]).toEqual([])
})
