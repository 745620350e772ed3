import { expect, test } from 'bun:test'
import { createRoot } from 'solid-js'
import { createStorage } from '../../testing/storage'
import { createFollowing } from './other-tabs'
import { createSession } from './session'

const shown = (persisted: boolean) => Object.assign(new Event('pageshow'), { persisted })

test('follows what other tabs keep, and what they kept while the page was in the history', () => {
  const page = new EventTarget()
  let followed = 0
  const end = createRoot((dispose) => {
    createFollowing(() => followed++, page)
    return dispose
  })
  page.dispatchEvent(shown(false))
  expect(followed).toBe(0)
  page.dispatchEvent(new Event('storage'))
  page.dispatchEvent(shown(true))
  expect(followed).toBe(2)
  end()
  page.dispatchEvent(new Event('storage'))
  page.dispatchEvent(shown(true))
  expect(followed).toBe(2)
})

test('a page from the history does not show a session that has ended meanwhile', () => {
  const [page, storage] = [new EventTarget(), createStorage()]
  const session = createRoot(() => {
    const mine = createSession(storage)
    createFollowing(mine.follow, page)
    return mine
  })
  session.signIn({ token: 'a.b.c', subject: 'alice', name: 'A', role: 'customer', demo: true })
  createRoot(() => createSession(storage)).signOut()
  page.dispatchEvent(shown(true))
  expect(session.identity()).toBeNull()
})
