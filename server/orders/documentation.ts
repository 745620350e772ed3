import type { DOCUMENTED_MODELS } from './model'

type ModelName = keyof typeof DOCUMENTED_MODELS

const PROBLEMS = {
  400: 'Malformed: a header, a `next` or the JSON of the body.',
  401: 'No token, or one that is not valid.',
  403: 'The token lacks the staff role.',
  404: 'There is no such thing, or it is an order of somebody else.',
  409: 'Not possible in the state that things are in.',
  412: 'It has changed: `If-Match` names another version.',
  422: 'The request is not valid; `field` names the member.',
  428: '`If-Match` is missing.',
} as const

export const ETAG_HEADER = { ETag: 'The version, quoted.' }

interface RouteText {
  readonly tag: 'Orders' | 'Staff' | 'Shop'
  readonly summary: string
  readonly description?: string
  /** What a good answer is. */
  readonly answer: {
    readonly status: 200 | 201
    readonly model: ModelName
    readonly description: string
    /** Response headers, name to description. */
    readonly headers?: Readonly<Record<string, string>>
  }
  readonly problems: readonly (keyof typeof PROBLEMS)[]
}

/**
 * The `detail` of a route. Answers are described here and not in Elysia's `response`, which would
 * check and copy each one, and cannot name `application/problem+json`.
 */
export function documented({ tag, summary, description, answer, problems }: RouteText) {
  return {
    tags: [tag],
    summary,
    ...(description !== undefined && { description }),
    responses: {
      [answer.status]: {
        description: answer.description,
        headers: Object.fromEntries(
          Object.entries(answer.headers ?? {}).map(([name, text]) => [
            name,
            { description: text, schema: { type: 'string' as const } },
          ]),
        ),
        content: { 'application/json': { schema: reference(answer.model) } },
      },
      ...Object.fromEntries(
        problems.map((status) => [
          status,
          {
            description: PROBLEMS[status],
            content: { 'application/problem+json': { schema: reference('Problem') } },
          },
        ]),
      ),
    },
  }
}

function reference(model: ModelName) {
  return { $ref: `#/components/schemas/${model}` }
}
