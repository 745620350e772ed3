import { expect, test } from 'bun:test'
import { createRoot } from 'solid-js'
import type { Clock } from '../../client'
import { createVirtualClock } from '../../client/testing/virtual-clock'
import { createPacedFrames } from './paced-frames'

/** Frames come when the test says so, and take as long as it says. */
function setUp() {
  const virtual = createVirtualClock()
  let workedMs = 0
  const clock: Clock = { now: () => virtual.now() + workedMs, after: virtual.after }
  let draw: (() => void) | null = null
  let input: (() => void) | null = null
  const { frames, dispose } = createRoot((dispose) => ({
    frames: createPacedFrames(clock, {
      frame(callback) {
        draw = callback
        return () => (draw = null)
      },
      isHidden: () => false,
      onInput(listener) {
        input = listener
        return () => (input = null)
      },
    }),
    dispose,
  }))
  let drawn = 0
  let takesMs = 0
  return {
    pass: virtual.advance,
    dispose,
    ask: () =>
      frames.next(() => {
        drawn++
        workedMs += takesMs
      }),
    drawn: () => drawn,
    isDue: () => draw !== null,
    async frame(ms: number) {
      takesMs = ms
      draw!()
      await virtual.advance(0)
    },
    act: () => input?.(),
    isHeard: () => input !== null,
  }
}

test('a quick machine draws each frame', async () => {
  const { ask, frame, drawn, isDue } = setUp()
  for (let count = 1; count <= 5; count++) {
    ask()
    expect(isDue()).toBe(true)
    await frame(0)
    expect(drawn()).toBe(count)
  }
})

test('after a frame that took long as much time is left to the reader', async () => {
  const { ask, frame, pass, isDue } = setUp()
  ask()
  await frame(80)
  ask()
  expect(isDue()).toBe(false)
  await pass(79)
  expect(isDue()).toBe(false)
  await pass(1)
  expect(isDue()).toBe(true)
})

test('a frame that took an age does not hold up the next as long', async () => {
  const { ask, frame, pass, isDue } = setUp()
  ask()
  await frame(5_000)
  ask()
  await pass(400)
  expect(isDue()).toBe(true)
})

test('who does something comes first, as long as it goes on, and for a moment at most', async () => {
  const { pass, ask, act, isDue } = setUp()
  act()
  ask()
  expect(isDue()).toBe(false)
  await pass(100)
  act()
  await pass(119)
  expect(isDue()).toBe(false)
  await pass(1)
  expect(isDue()).toBe(true)
})

test('typing that never ends holds up nothing for ever', async () => {
  const { pass, ask, act, isDue } = setUp()
  act()
  ask()
  for (let ms = 0; ms < 400; ms += 20) {
    act()
    await pass(20)
  }
  expect(isDue()).toBe(true)
})

test('a page that is not drawn has its turn all the same, once', async () => {
  const { pass, ask, drawn, isDue } = setUp()
  ask()
  await pass(250)
  expect(drawn()).toBe(1)
  expect(isDue()).toBe(false)
  await pass(1_000)
  expect(drawn()).toBe(1)
})

test('what is cancelled has no turn, and with its owner the listening ends', async () => {
  const { pass, ask, drawn, dispose, isHeard } = setUp()
  ask()()
  await pass(1_000)
  expect(drawn()).toBe(0)
  expect(isHeard()).toBe(true)
  dispose()
  expect(isHeard()).toBe(false)
})
