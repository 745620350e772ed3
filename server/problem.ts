import { ParseError, ValidationError } from 'elysia'
import { AppError } from './errors'
import type { Logger } from './lib/logger'
import { isTold } from './lib/outage'
import { describeFailure, fieldOf, type FieldFailure } from './problem-fields'

/** A problem document (RFC 9457). `code` is what machines branch on, `detail` is for people. */
export interface Problem {
  readonly type: string
  readonly title: string
  readonly status: number
  readonly detail: string
  readonly code: string
  /** The member at fault: `items[0].quantity`. */
  readonly field?: string
  readonly [extension: string]: unknown
}

/**
 * The problem document of anything thrown by or for `request`; null for a defect, whose text is
 * nobody's business but the log's.
 */
export function problemOf(error: unknown, request: Request): Problem | null {
  if (error instanceof AppError) {
    return problem(error.code, error.status, error.message, error.details.extensions)
  }
  if (error instanceof ParseError) {
    return problem('malformed_body', 400, 'The body could not be parsed: expected valid JSON.')
  }
  return error instanceof ValidationError && error.type !== 'response'
    ? problemOfValidation(error, request)
    : null
}

/** The same as a response, with the headers that its status asks for. */
export function problemResponse(document: Problem, headers: Record<string, string> = {}): Response {
  return new Response(JSON.stringify(document), {
    status: document.status,
    headers: {
      'content-type': 'application/problem+json',
      'cache-control': 'no-store',
      ...(document.status === 401 ? { 'www-authenticate': challenge(document.code) } : {}),
      ...headers,
    },
  })
}

/** Answers any failure; what nobody expected is logged whole, and answered without its text. */
export function answerFailure(error: unknown, request: Request, logger: Logger): Response {
  const known = problemOf(error, request)
  if (known !== null) {
    const temporary = error instanceof AppError && error.temporary
    // An outage of a service is told once, and not by each request that it hits.
    const level = isTold(error) ? 'debug' : temporary ? 'warn' : 'error'
    if (known.status >= 500) logger[level]({ err: error, ...target(request) }, 'request failed')
    return problemResponse(known, temporary ? { 'retry-after': '1' } : {})
  }
  logger.error({ err: error, ...target(request) }, 'request failed unexpectedly')
  return problemResponse(problem('internal_error', 500, 'The server failed; its log says why.'))
}

export function problem(
  code: string,
  status: number,
  detail: string,
  extensions: Readonly<Record<string, unknown>> = {},
): Problem {
  const title = code.charAt(0).toUpperCase() + code.slice(1).replaceAll('_', ' ')
  const document = { type: `urn:orderwire:problem:${code}`, title, status, detail, code }
  // First and last: an extension comes after the standard members, and never replaces one.
  return { ...document, ...extensions, ...document }
}

function problemOfValidation(error: ValidationError, request: Request): Problem {
  const failures = error.all.filter(isFieldFailure)
  const described = new Map<string, string>()
  for (const failure of error.valueError ? [error.valueError, ...failures] : failures) {
    const field = error.type === 'property' ? parameterOf(error.value, request) : undefined
    const name = field ?? fieldOf(failure.path, error.type)
    if (!described.has(name)) described.set(name, describeFailure(failure, name))
  }
  const errors = [...described].map(([field, detail]) => ({ field, detail }))
  const { field, detail } = errors[0] ?? { field: error.type, detail: 'The request is not valid.' }
  return problem('invalid_request', 422, detail, { field, errors })
}

/** Elysia does not name a query parameter that is a number out of range: it is found by its value. */
function parameterOf(value: unknown, request: Request): string | undefined {
  const parameters = [...new URL(request.url).searchParams]
  return parameters.find(([, text]) => text !== '' && Number(text) === value)?.[0]
}

function isFieldFailure(failure: object): failure is FieldFailure {
  return 'path' in failure && 'message' in failure && 'schema' in failure
}

/** RFC 6750, section 3: no error code where no token was sent. */
function challenge(code: string): string {
  return code === 'token_missing'
    ? 'Bearer realm="orderwire"'
    : `Bearer realm="orderwire", error="invalid_token", error_description="${code}"`
}

function target(request: Request): { method: string; path: string } {
  return { method: request.method, path: new URL(request.url).pathname }
}
