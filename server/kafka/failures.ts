import { AppError } from '../errors'
import type { KafkaSettings } from './settings'

/** What is known of an error of kafkajs; any error has these, or undefined. */
interface Failure {
  readonly errors?: readonly unknown[]
  readonly name?: unknown
  readonly type?: unknown
  readonly code?: unknown
  readonly cause?: unknown
  readonly message?: unknown
}

/** What it looks like, and what it is; the first that matches. */
const HINTS: readonly (readonly [RegExp, string])[] = [
  [/_AUTHORIZATION_FAILED/, 'does not allow this'],
  [/UNSUPPORTED_SASL_MECHANISM/, 'does not offer the configured SASL mechanism'],
  [/ILLEGAL_SASL_STATE/, 'does not ask for a user and a password there'],
  [/_ALERT_/, 'does not accept our certificate, or how we use TLS'],
  [
    /certificate|CERT_|self.signed|UNABLE_TO_(VERIFY|GET_ISSUER)|ALTNAME/i,
    'has a certificate that is not valid for that name, or not signed by the configured authority',
  ],
  [/before secure TLS connection/, 'does not speak TLS there'],
  [/Closed connection/, 'closed the connection (it may expect TLS, or a user and a password)'],
]

/** The protocol's name of an error (`MESSAGE_TOO_LARGE`), of the outermost that has one. */
export function errorType(error: unknown): string | null {
  for (const { type } of chainOf(error)) if (typeof type === 'string') return type
  return null
}

/** Whether an error, or one that it comes from, is of one of these classes of kafkajs. */
export function isNamed(error: unknown, ...names: readonly string[]): boolean {
  for (const { name } of chainOf(error))
    if (typeof name === 'string' && names.includes(name)) return true
  return false
}

/** One sentence for people on why Kafka cannot be used at the moment. */
export function sentenceOf(error: unknown, settings: KafkaSettings): string {
  const brokers = settings.brokers.join(', ')
  const text = innermost(error)
  const type = errorType(error)
  if (isNamed(error, 'KafkaJSSASLAuthenticationError') || type === 'SASL_AUTHENTICATION_FAILED') {
    const { mechanism, username } = settings.sasl ?? { mechanism: 'none', username: '' }
    return `Kafka at ${brokers} refuses user "${username}" (SASL ${mechanism}): ${text}`
  }
  const [, hint] = HINTS.find(([pattern]) => pattern.test(`${type} ${text}`)) ?? []
  return `Kafka at ${brokers}${hint ? ` ${hint}` : ''}: ${text}`
}

/** What callers get: an `AppError` as it is, all else as `kafka_unreachable`. */
export function unreachable(error: unknown, settings: KafkaSettings): AppError {
  if (error instanceof AppError) return error
  return new AppError('kafka_unreachable', 503, sentenceOf(error, settings), {
    temporary: true,
    cause: error,
  })
}

/** Rejects when `work` takes longer; what it then still does goes on unheard. */
export function withDeadline<T>(work: Promise<T>, ms: number, what: string): Promise<T> {
  const { promise: late, reject } = Promise.withResolvers<never>()
  const timer = setTimeout(
    () => reject(new Error(`no answer to ${what} in ${Math.round(ms)} ms`)),
    ms,
  )
  return Promise.race([work, late]).finally(() => clearTimeout(timer))
}

function innermost(error: unknown): string {
  let text = String(error)
  for (const { message, code } of chainOf(error)) {
    if (typeof message !== 'string') continue
    text = typeof code === 'string' && !message.includes(code) ? `${message} (${code})` : message
  }
  return text
}

/** The error, what it comes from, and so on; of several the first. */
function* chainOf(error: unknown): Generator<Failure> {
  let at: unknown = error
  while (typeof at === 'object' && at !== null) {
    const failure: Failure = at
    yield failure
    at = failure.cause ?? failure.errors?.[0]
  }
}
