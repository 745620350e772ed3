import { expect, test } from 'bun:test'
import { mayConnect } from './origin'

const ALLOWED = ['https://shop.example', 'http://localhost:3000']

test('pages of this host, those that are allowed, and programs may connect', () => {
  expect(mayConnect(null, 'shop.example', [])).toBe(true)
  expect(mayConnect('http://localhost:3009', 'localhost:3009', [])).toBe(true)
  expect(mayConnect('https://SHOP.example', 'api.example', ALLOWED)).toBe(true)
  expect(mayConnect('http://localhost:3000', 'localhost:3009', ALLOWED)).toBe(true)
})

test('all others may not', () => {
  for (const origin of [
    'https://evil.example',
    'https://shop.example.evil.example',
    'http://shop.example',
    'http://localhost:3001',
    'null',
    '',
  ]) {
    expect(mayConnect(origin, 'localhost:3009', ALLOWED)).toBe(false)
  }
  expect(mayConnect('http://localhost', null, [])).toBe(false)
})
