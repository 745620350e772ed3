import { ParseError } from 'elysia'
import { AppError } from '../errors'

/** No body at all is an empty object. Elysia would take malformed JSON for no body as well. */
export async function parseOptionalJson({
  request,
}: {
  readonly request: Request
}): Promise<unknown> {
  const text = await request.text()
  if (text.trim() === '') return {}
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw new ParseError(cause instanceof Error ? cause : undefined)
  }
}

/** Elysia would make an empty object of `[]` or a text before it looks at the schema. */
export function requireObject({ body }: { readonly body: unknown }): void {
  if (typeof body === 'object' && body !== null && !Array.isArray(body)) return
  const extensions = { field: 'body' }
  throw new AppError('invalid_request', 422, 'body: expected an object.', { extensions })
}
