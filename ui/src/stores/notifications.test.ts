import { expect, test } from 'bun:test'
import { createRoot, createSignal } from 'solid-js'
import { createVirtualClock } from '../../client/testing/virtual-clock'
import { createStorage } from '../../testing/storage'
import { createNotifications, type NotificationPlatform } from './notifications'
import { createNotifier } from './notifier'
import { createTold } from './told'

/** A browser whose person answers as told. */
function openBrowser(answer: NotificationPermission) {
  const storage = createStorage()
  const clock = createVirtualClock()
  const shown = new Map<string, { readonly title: string; readonly click: () => void }>()
  let permission: NotificationPermission = 'default'
  const platform: NotificationPlatform = {
    permission: () => permission,
    ask: async () => (permission = answer),
    show({ title, tag }, click) {
      shown.set(tag, { title, click })
      return () => void shown.delete(tag)
    },
  }
  function openTab() {
    const [looking, look] = createSignal(false)
    return createRoot(() => {
      const told = createTold(storage, 'orders', null, clock)
      const notifications = createNotifications(storage, looking, platform)
      const notifier = createNotifier(
        {
          notifications,
          told,
          notified: createTold(storage, 'notified', null, clock),
          looking,
          many: (amount) => ({ title: `${amount} changes`, href: '/orders' }),
        },
        clock,
      )
      const hear = (orderId: string, version = 2) => {
        const text = { tone: 'info', text: `${orderId} v${version}`, href: `/${orderId}` } as const
        notifier({ orderId, version, updates: 1, text })
      }
      return { notifications, hear, look, told }
    })
  }
  const titles = () => [...shown.values()].map(({ title }) => title)
  const soon = async () => {
    await clock.advance(1_000)
    await new Promise((resolve) => setImmediate(resolve))
  }
  return { openTab, shown, titles, soon }
}

test('are off until somebody wants them, and then until they do not', async () => {
  const { openTab, titles, soon } = openBrowser('granted')
  const { notifications, hear } = openTab()
  expect(notifications.state()).toBe('off')
  hear('a')
  await soon()
  expect(titles()).toEqual([])
  expect(await notifications.turnOn()).toBe('on')
  expect(openTab().notifications.state()).toBe('on')
  hear('a')
  await soon()
  expect(titles()).toEqual(['a v2'])
  notifications.turnOff()
  expect(titles()).toEqual([])
  expect(openTab().notifications.state()).toBe('off')
})

test('say so where the browser blocks them', async () => {
  const { notifications } = openBrowser('denied').openTab()
  expect(await notifications.turnOn()).toBe('denied')
})

test('are shown once a browser, a burst as a number, and go when somebody looks', async () => {
  const { openTab, titles, soon } = openBrowser('granted')
  const tabs = [openTab(), openTab()]
  await tabs[0]!.notifications.turnOn()
  await tabs[1]!.notifications.turnOn()
  for (const tab of tabs) tab.hear('a')
  await soon()
  expect(titles()).toEqual(['a v2'])
  for (const tab of tabs) for (const id of ['b', 'c', 'd', 'e']) tab.hear(id)
  await soon()
  expect(titles()).toEqual(['5 changes'])
  for (const tab of tabs) tab.look(true)
  expect(titles()).toEqual([])
})

test('are not shown of what a tab in sight told, or of what came while somebody looks', async () => {
  const { openTab, titles, soon } = openBrowser('granted')
  const { notifications, hear, told, look } = openTab()
  await notifications.turnOn()
  hear('a')
  told.record({ orderId: 'a', version: 2 })
  await soon()
  hear('b')
  look(true)
  await soon()
  expect(titles()).toEqual([])
})

test('lead to what they tell of', async () => {
  const { openTab, shown, soon } = openBrowser('granted')
  const { notifications, hear } = openTab()
  await notifications.turnOn()
  const opened: string[] = []
  notifications.openWith((href) => void opened.push(href))
  hear('a')
  await soon()
  shown.get('order:a')!.click()
  expect(opened).toEqual(['/a'])
  expect(shown.size).toBe(0)
})
