import { AppError } from './errors'

interface Place {
  readonly host: string
  readonly port: number
  /** The setting that names the port. */
  readonly setting: string
}

/** An Elysia app, as far as it listens. */
interface Listening {
  listen(options: { readonly hostname: string; readonly port: number }): unknown
  readonly server: Bun.Server<unknown> | null
}

/** Throws an `AppError` with one sentence for people where it cannot. */
export function listenOn(app: Listening, place: Place): Bun.Server<unknown> {
  const { host, port, setting } = place
  try {
    app.listen({ hostname: host, port })
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : 'unknown'
    throw new AppError(
      'cannot_listen',
      500,
      FAILURES[code]?.(place) ?? `Cannot listen on ${host}, port ${port} (${code}), ${setting}.`,
      { cause },
    )
  }
  return app.server!
}

const FAILURES: Readonly<Record<string, (place: Place) => string>> = {
  EADDRINUSE: ({ port, setting }) =>
    `Port ${port} is in use: stop what listens there, or set ${setting} to another.`,
  EACCES: ({ port, setting }) =>
    `Port ${port} may not be opened by this user: set ${setting} to one above 1023.`,
  EADDRNOTAVAIL: ({ host, setting }) =>
    `${setting.replace('PORT', 'HOST')} is ${host}, which is no address of this machine.`,
}

/** For people on this machine. */
export function urlOf(host: string, port: number): string {
  const local = ['127.0.0.1', '::1', '0.0.0.0', '::'].includes(host)
  const name = local ? 'localhost' : host.includes(':') ? `[${host}]` : host
  return `http://${name}:${port}`
}
