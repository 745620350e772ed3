import { expect, test } from 'bun:test'
import type { ClientProblem } from './api'
import { Emitter } from './emitter'

const AGE = { channel: 'orders', ageMs: 1 } as const

test('listeners are called in order, each as often as it was added, until it is removed', () => {
  const emitter = new Emitter()
  const called: string[] = []
  const one = () => called.push('one')
  const stop = emitter.on('age', one)
  emitter.on('age', one)
  emitter.on('age', () => called.push('two'))
  emitter.emit('age', AGE)
  stop()
  stop()
  emitter.emit('age', AGE)
  expect(called).toEqual(['one', 'one', 'two', 'one', 'two'])
})

test('a listener that is added while an event is told waits for the next', () => {
  const emitter = new Emitter()
  let calls = 0
  emitter.on('age', () => emitter.on('age', () => calls++))
  emitter.emit('age', AGE)
  expect(calls).toBe(0)
})

test('one that throws is a problem of the app, and of nobody else', () => {
  const emitter = new Emitter()
  const problems: ClientProblem[] = []
  let called = false
  emitter.on('error', (problem) => problems.push(problem))
  emitter.on('age', () => {
    throw new Error('broken')
  })
  emitter.on('age', () => {
    called = true
  })
  emitter.emit('age', AGE)
  expect(called).toBe(true)
  expect(problems).toEqual([{ source: 'app', error: new Error('broken') }])
})
