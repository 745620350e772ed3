/**
 * The limit of what a page can do: the board's list without a framework. It holds all orders, has the
 * rows in sight in the page, takes what the socket brings once a frame, and writes the cells that
 * changed. It has no tiles, no chart, no toasts and no history, resumes nothing, and trusts every frame.
 */
import { formatMoney } from '../../../server/protocol/money'
import type { Order } from '../../../server/protocol/order'
import { orderNumber } from '../../../server/protocol/order'
import { ORDER_STATUSES } from '../../../server/protocol/order-status'

const ROW_PX = 56
const BEYOND_ROWS = 8
const TIME = new Intl.DateTimeFormat(undefined, { timeStyle: 'short' })

interface Row {
  readonly element: HTMLElement
  readonly box: HTMLInputElement
  readonly cells: readonly HTMLElement[]
  readonly texts: string[]
  orderId: string
}

const list = document.querySelector<HTMLElement>('#list')!
const head = document.querySelector<HTMLElement>('header')!
const drawer = document.querySelector<HTMLElement>('#drawer')!
const orders = new Map<string, Order>()
const searchTexts = new Map<string, string>()
const ticked = new Set<string>()
const rows: Row[] = []
let ids: string[] = []
let shown: string[] = []
/** New ones that wait while the reader is further down, or has ticked some. */
let waiting: string[] = []
let status = ''
let search = ''
let pending: Order[] = []
let focused = -1
let firstShown = 0

function textOf(order: Order): string {
  const known = searchTexts.get(order.orderId)
  if (known !== undefined) return known
  const words = [order.orderId, order.shippingAddress?.name, ...order.items.map(({ name }) => name)]
  const text = ` ${words.join(' ').toLowerCase()}`
  searchTexts.set(order.orderId, text)
  return text
}

function isShown(order: Order): boolean {
  if (status !== '' && order.status !== status) return false
  return search === '' || textOf(order).includes(` ${search}`)
}

function filter(): void {
  const all = status === '' && search === ''
  shown = all ? ids : ids.filter((id) => isShown(orders.get(id)!))
  list.style.height = `${shown.length * ROW_PX}px`
}

function take(): void {
  const incoming = pending
  pending = []
  const added: string[] = []
  for (const order of incoming) {
    const known = orders.get(order.orderId)
    if (known && known.version >= order.version) continue
    orders.set(order.orderId, order)
    if (!known) added.push(order.orderId)
  }
  waiting = [...added.reverse(), ...waiting]
  const held = ticked.size > 0 || window.scrollY > list.offsetTop
  if (waiting.length > 0 && !held) {
    ids = [...waiting, ...ids]
    waiting = []
    filter()
  } else if (status !== '') filter()
  render()
}

function openRow(): Row {
  const element = document.createElement('div')
  element.className = 'row'
  element.setAttribute('role', 'row')
  const box = document.createElement('input')
  box.type = 'checkbox'
  const link = document.createElement('a')
  link.href = '#'
  link.dataset.openOrder = ''
  const cells = [link, ...Array.from({ length: 5 }, () => document.createElement('span'))]
  element.append(box, ...cells)
  const row = { element, box, cells, texts: cells.map(() => ''), orderId: '' }
  box.addEventListener('click', () => {
    if (box.checked) ticked.add(row.orderId)
    else ticked.delete(row.orderId)
  })
  link.addEventListener('click', (event) => {
    event.preventDefault()
    drawer.textContent = JSON.stringify(orders.get(row.orderId), null, 2)
    drawer.hidden = false
  })
  list.append(element)
  rows.push(row)
  return row
}

function render(): void {
  const top = Math.floor((window.scrollY - list.offsetTop) / ROW_PX)
  firstShown = Math.max(0, top - BEYOND_ROWS)
  const count = Math.ceil(window.innerHeight / ROW_PX) + 2 * BEYOND_ROWS
  const last = Math.min(shown.length, Math.max(0, top) + count - BEYOND_ROWS)
  for (let index = firstShown; index < last; index++) {
    const row = rows[index - firstShown] ?? openRow()
    write(row, orders.get(shown[index]!)!, index)
  }
  for (const row of rows.slice(last - firstShown)) row.element.hidden = true
}

function write(row: Row, order: Order, index: number): void {
  const { element, box, cells, texts } = row
  const at = `translateY(${index * ROW_PX}px)`
  if (element.style.transform !== at) element.style.transform = at
  if (element.hidden) element.hidden = false
  if (row.orderId !== order.orderId) {
    row.orderId = order.orderId
    element.dataset.row = order.orderId
    setText(0, `#${orderNumber(order.orderId)}`)
    setText(1, order.shippingAddress?.name ?? 'Guest')
    setText(2, order.items.map(({ quantity, name }) => `${quantity} × ${name}`).join(', '))
    setText(3, TIME.format(new Date(order.createdAt)))
    setText(4, formatMoney(order.total, order.currency))
  }
  const isTicked = ticked.has(order.orderId)
  if (box.checked !== isTicked) box.checked = isTicked
  setText(5, order.status)

  function setText(cell: number, text: string): void {
    if (texts[cell] === text) return
    texts[cell] = text
    cells[cell]!.textContent = text
    if (cell === 5) cells[cell]!.dataset.status = text
  }
}

function move(step: number): void {
  focused = Math.max(0, Math.min(shown.length - 1, focused + step))
  rows[focused - firstShown]?.cells[0]?.focus({ preventScroll: true })
}

function build(): void {
  for (const name of ['', ...ORDER_STATUSES]) {
    const button = document.createElement('button')
    button.textContent = name || 'all'
    button.dataset.filter = name
    button.addEventListener('click', () => {
      status = name
      filter()
      render()
    })
    head.append(button)
  }
  const field = document.createElement('input')
  field.dataset.boardSearch = ''
  field.addEventListener('input', () => {
    search = field.value.toLowerCase()
    filter()
    render()
  })
  head.append(field)
  window.addEventListener('scroll', render, { passive: true })
  window.addEventListener('keydown', ({ key, target }) => {
    if (target === field) return
    if (key === 'j' || key === 'k') move(key === 'j' ? 1 : -1)
    if (key !== 'Escape') return
    drawer.hidden = true
    ticked.clear()
    render()
  })
}

function follow(token: string): Promise<void> {
  const caughtUp = Promise.withResolvers<void>()
  const socket = new WebSocket(`${location.origin.replace(/^http/, 'ws')}/ws`)
  socket.onopen = () => {
    socket.send(JSON.stringify({ event: 'auth', data: { token } }))
    socket.send(JSON.stringify({ event: 'subscribe:admin', data: {} }))
  }
  socket.onmessage = ({ data }) => {
    for (const line of String(data).split('\n')) {
      if (line.startsWith('{"event":"caught-up"')) caughtUp.resolve()
      if (!line.startsWith('{"event":"admin:order:')) continue
      if (pending.length === 0) requestAnimationFrame(take)
      pending.push((JSON.parse(line) as { readonly data: Order }).data)
    }
  }
  return caughtUp.promise
}

async function load(token: string): Promise<void> {
  let next: string | null = ''
  while (next !== null) {
    const from: string = next === '' ? '' : `&next=${encodeURIComponent(next)}`
    const answer = await fetch(`/api/admin/orders?limit=100${from}`, {
      headers: { authorization: `Bearer ${token}` },
    })
    const page = (await answer.json()) as { items: readonly Order[]; next: string | null }
    for (const order of page.items) {
      orders.set(order.orderId, order)
      ids.push(order.orderId)
    }
    next = page.next
  }
}

async function main(): Promise<void> {
  build()
  const answer = await fetch('/api/demo/sign-in', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ name: 'sam', role: 'staff' }),
  })
  const { token } = (await answer.json()) as { readonly token: string }
  await follow(token)
  await load(token)
  filter()
  render()
  document.body.dataset.ready = String(shown.length)
}

void main()
