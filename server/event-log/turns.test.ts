import { expect, test } from 'bun:test'
import fc from 'fast-check'
import { Turns } from './turns'

test('works begin in the order of their coming, so many at a time, whichever ends first', async () => {
  const property = fc.asyncProperty(
    fc.scheduler(),
    fc.integer({ min: 1, max: 3 }),
    fc.array(fc.boolean(), { maxLength: 12 }),
    async (scheduler, width, fails) => {
      const turns = new Turns(width)
      const begun: number[] = []
      let running = 0
      const works = fails.map((fail, index) =>
        turns.run(async () => {
          begun.push(index)
          running += 1
          expect(running).toBeLessThanOrEqual(width)
          await scheduler.schedule(Promise.resolve())
          running -= 1
          if (fail) throw new Error(`${index}`)
          return index
        }),
      )
      const settled = Promise.allSettled(works)
      await scheduler.waitFor(settled)
      expect(begun).toEqual(fails.map((_, index) => index))
      expect((await settled).map(({ status }) => status === 'rejected')).toEqual(fails)
    },
  )
  await fc.assert(property, { numRuns: 200 })
})
