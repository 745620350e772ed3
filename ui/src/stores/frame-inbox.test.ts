import { expect, test } from 'bun:test'
import { createRoot } from 'solid-js'
import { createFrameInbox } from './frame-inbox'

function setUp() {
  const taken: string[] = []
  let draw: (() => void) | null = null
  let off = false
  const made = createRoot((dispose) => ({
    dispose,
    inbox: createFrameInbox<string>((items) => void taken.push(items.join('')), {
      next(callback) {
        draw = callback
        return () => (draw = null)
      },
      areOff: () => off,
    }),
  }))
  return { ...made, taken, draw: () => draw?.(), setOff: () => (off = true) }
}

test('what arrives between two frames is one piece, in its order', () => {
  const { inbox, taken, draw } = setUp()
  inbox.put('a')
  inbox.put('b')
  expect(taken).toEqual([])
  draw()
  draw()
  inbox.put('c')
  draw()
  expect(taken).toEqual(['ab', 'c'])
})

test('what waits can be had at once, and does not come again', () => {
  const { inbox, taken, draw } = setUp()
  inbox.flush()
  inbox.put('a')
  inbox.flush()
  draw()
  expect(taken).toEqual(['a'])
})

test('where nothing is drawn nothing waits, and at its end nothing more comes', () => {
  const { inbox, taken, draw, setOff, dispose } = setUp()
  inbox.put('a')
  setOff()
  inbox.put('b')
  expect(taken).toEqual(['ab'])
  const other = setUp()
  other.inbox.put('c')
  other.dispose()
  other.draw()
  expect(other.taken).toEqual([])
  draw()
  dispose()
})
