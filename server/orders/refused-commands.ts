import { Elysia } from 'elysia'
import { AppError } from '../errors'

const ORDERS_ELSEWHERE =
  'The orders of this shop belong to its order service: place, cancel and change them there.'
const PRODUCTS_ELSEWHERE =
  'The orders of this shop belong to its order service: what it sells is added and changed there.'

/** What the commands of the routes are, and which methods their paths take without them. */
const COMMANDS: readonly {
  readonly method: string
  readonly path: RegExp
  readonly allow: string
  readonly why: string
}[] = [
  { method: 'POST', path: /^\/api\/orders\/?$/, allow: 'GET, HEAD', why: ORDERS_ELSEWHERE },
  {
    method: 'POST',
    path: /^\/api\/orders\/[^/]+\/cancel\/?$/,
    allow: '',
    why: ORDERS_ELSEWHERE,
  },
  {
    method: 'PATCH',
    path: /^\/api\/admin\/orders\/[^/]+\/?$/,
    allow: '',
    why: ORDERS_ELSEWHERE,
  },
  {
    method: 'POST',
    path: /^\/api\/admin\/products\/?$/,
    allow: 'GET, HEAD',
    why: PRODUCTS_ELSEWHERE,
  },
  {
    method: 'PATCH',
    path: /^\/api\/admin\/products\/[^/]+\/?$/,
    allow: '',
    why: PRODUCTS_ELSEWHERE,
  },
]

/** In the place of the commands, where another service owns the orders: 405, whoever asks. */
export function refusedCommands() {
  return new Elysia({ name: 'refused-commands' }).onRequest(({ request, set }) => {
    const { pathname } = new URL(request.url)
    const command = COMMANDS.find(
      ({ method, path }) => request.method === method && path.test(pathname),
    )
    if (!command) return
    set.headers.allow = command.allow
    throw new AppError('orders_elsewhere', 405, command.why)
  })
}
