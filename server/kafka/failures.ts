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

const CERTIFICATE =
  /certificate|CERT_|self.signed|UNABLE_TO_(VERIFY|GET_ISSUER)|ALTNAME|unable to (get|verify)/i

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
  if (type === 'UNSUPPORTED_SASL_MECHANISM')
    return `Kafka at ${brokers} does not offer SASL ${settings.sasl?.mechanism}: ${text}`
  if (CERTIFICATE.test(text))
    return `The certificate of Kafka at ${brokers} is not accepted: ${text}. It must be valid for that name and signed by the configured authority.`
  if (type?.endsWith('_AUTHORIZATION_FAILED'))
    return `Kafka at ${brokers} does not allow this: ${text}`
  return `Kafka at ${brokers}: ${text}`
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
  const timer = setTimeout(() => reject(new Error(`no answer to ${what} in ${ms} ms`)), ms)
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
