import { beforeAll, expect, test } from 'bun:test'
import { buildUi } from './browser'
import { BOARD_BYTES, firstLoad, gzipBytes, STOREFRONT_BYTES } from './first-load'

beforeAll(buildUi, 60_000)

test('the storefront is small', () => {
  expect(gzipBytes(firstLoad().storefront)).toBeLessThanOrEqual(STOREFRONT_BYTES)
})

test('the board is small, with all that it needs at once', () => {
  const { storefront, board } = firstLoad()
  expect(board.size).toBeGreaterThan(storefront.size)
  expect(gzipBytes(board)).toBeLessThanOrEqual(BOARD_BYTES)
})
