import { Elysia } from 'elysia'
import { AppError } from '../errors'

/** What the commands of `routes.commands.ts` are, and which methods their paths take without them. */
const COMMANDS: readonly {
  readonly method: string
  readonly path: RegExp
  readonly allow: string
}[] = [
  { method: 'POST', path: /^\/api\/orders\/?$/, allow: 'GET, HEAD' },
  { method: 'POST', path: /^\/api\/orders\/[^/]+\/cancel\/?$/, allow: '' },
  { method: 'PATCH', path: /^\/api\/admin\/orders\/[^/]+\/?$/, allow: '' },
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
    throw new AppError(
      'orders_elsewhere',
      405,
      'The orders of this shop belong to its order service: place, cancel and change them there.',
    )
  })
}
