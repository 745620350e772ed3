import { expect, test } from 'bun:test'
import { NEWEST_FIRST } from '../stores/board-sort'
import { readBoardQuery, writeBoardQuery, type BoardLink } from './board-link'

const ALL: BoardLink = { status: null, search: '', sort: NEWEST_FIRST, orderId: null }

test.each<[string, Partial<BoardLink>]>([
  ['', {}],
  ['?status=pending', { status: 'pending' }],
  ['?q=olive+oil', { search: 'olive oil' }],
  ['?sort=total&dir=asc', { sort: { key: 'total', descending: false } }],
  ['?sort=placed&dir=asc', { sort: { key: 'placed', descending: false } }],
  [
    '?status=shipped&q=%26%3D&sort=customer&dir=desc&order=a-1',
    {
      status: 'shipped',
      search: '&=',
      sort: { key: 'customer', descending: true },
      orderId: 'a-1',
    },
  ],
])('%p is read and written', (text, change) => {
  const link = { ...ALL, ...change }
  expect(readBoardQuery(text)).toEqual(link)
  expect(writeBoardQuery(link)).toBe(text)
})

test('what cannot be read is as if it were not there', () => {
  expect(readBoardQuery('?status=lost&sort=size&dir=up&x=1')).toEqual(ALL)
  expect(readBoardQuery('?sort=total')).toMatchObject({ sort: { key: 'total', descending: true } })
  expect(readBoardQuery(`?q=${'a'.repeat(300)}`).search).toHaveLength(200)
})
