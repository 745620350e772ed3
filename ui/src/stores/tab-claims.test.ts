import { expect, test } from 'bun:test'
import { createVirtualClock } from '../../client/testing/virtual-clock'
import { createTabClaims, type Locks } from './tab-claims'

/** The locks of a browser in which nobody has to wait. */
function openBrowser() {
  const names: string[] = []
  const locks = {
    async request(name: string, ...rest: unknown[]) {
      names.push(name)
      try {
        return await (rest.at(-1) as () => Promise<unknown>)()
      } finally {
        names.splice(names.indexOf(name), 1)
      }
    },
    query: async () => ({ held: names.map((name) => ({ name })) }),
  } as Locks
  return { locks, clock: createVirtualClock() }
}

test('a claim is known at once, whatever ids it has, for as long as copies may not agree', async () => {
  const { locks, clock } = openBrowser()
  const [one, other] = [1, 2].map(() => createTabClaims('told of bob smith', locks, clock))
  await one!.inTurn(() => one!.hold({ 'order 7 of 9': 2, b: 3 }))
  expect(await other!.held()).toEqual([{ 'order 7 of 9': 2, b: 3 }])
  await clock.advance(3_000)
  expect(await other!.held()).toEqual([])
})

test('what is claimed under another name, of another person, is nothing', async () => {
  const { locks, clock } = openBrowser()
  await createTabClaims('told:bob', locks, clock).hold({ a: 2 })
  expect(await createTabClaims('told', locks, clock).held()).toEqual([])
  expect(await createTabClaims('told:bob smith', locks, clock).held()).toEqual([])
})
