import { t } from 'elysia'
import { DEAD_LETTER_REASONS } from '../mirror/dead-letter'

/** Letters on a page for which nobody asked how long. */
export const PAGE_LIMIT = 50

/** A `next` names a place in each partition. */
const MAX_NEXT = 4_096

export const ListQueryModel = t.Object({
  reason: t.Optional(
    t.UnionEnum([...DEAD_LETTER_REASONS], {
      description: 'Why it could not be read.',
      default: undefined,
    }),
  ),
  limit: t.Optional(
    t.Integer({
      minimum: 1,
      maximum: 100,
      description: `Letters a page, ${PAGE_LIMIT} by default.`,
    }),
  ),
  next: t.Optional(
    t.String({ minLength: 1, maxLength: MAX_NEXT, description: 'The next of the page before.' }),
  ),
})

export const IdModel = t.Object({
  id: t.String({ maxLength: 40, description: 'As the list shows it.', examples: ['0@17'] }),
})

export const RedriveModel = t.Object({
  again: t.Optional(t.Boolean({ description: 'Also where it was sent back before.' })),
})

const time = (description: string) => t.String({ format: 'date-time', description })

const bytes = (description: string) =>
  t.Union([t.String(), t.Object({ base64: t.String() })], { description })

const LetterModel = t.Object({
  id: t.String({ description: 'Its partition and offset in the topic of dead letters.' }),
  at: time('When it was put there.'),
  reason: t.String({ description: `One of ${DEAD_LETTER_REASONS.join(', ')}, or a newer one.` }),
  detail: t.String({ description: 'For people: what was wrong and what was expected.' }),
  source: t.Object(
    { topic: t.String(), partition: t.Number(), offset: t.Number(), at: time('Its time there.') },
    { description: 'Where the record came from.' },
  ),
  orderId: t.Union([t.String(), t.Null()], { description: 'Null: it cannot be told.' }),
  redrivenAt: t.Union([time('When it was last sent back.'), t.Null()]),
  redriveOf: t.Union([t.String(), t.Null()], {
    description: 'The letter whose record was sent back, and refused again as this one.',
  }),
  valueBytes: t.Union([t.Number(), t.Null()], {
    description: 'How long the value was, however much of it was kept; null: there was none.',
  }),
  whole: t.Boolean({ description: 'Whether all of the record was kept.' }),
})

const DetailModel = t.Composite([
  LetterModel,
  t.Object({
    key: t.Union([bytes('Text where it is UTF-8, else base64.'), t.Null()]),
    headers: t.Record(t.String(), bytes('As the key.')),
    value: t.Union([bytes('As the key; as much of it as was kept.'), t.Null()]),
  }),
])

const ListModel = t.Object({
  items: t.Array(t.Ref('#/components/schemas/DeadLetter')),
  cursor: t.Null({ description: 'No updates come of these: ask again.' }),
  next: t.Union([t.String(), t.Null()], {
    description:
      'Asks for the next page; null: none. A page may hold fewer letters than asked for, or none, ' +
      'and have a next one all the same.',
  }),
})

const RedrivenModel = t.Object({
  id: t.String(),
  topic: t.String({ description: 'Where the record was sent.' }),
  redrivenAt: time('When.'),
})

/** The schemas of the API description, by name. */
export const DEAD_LETTER_MODELS = {
  DeadLetter: LetterModel,
  DeadLetterDetail: DetailModel,
  DeadLetterList: ListModel,
  DeadLetterRedriven: RedrivenModel,
}

const PROBLEMS = {
  400: 'A `next` that is none, or a body that is no JSON.',
  401: 'No token, or one that is not valid.',
  403: 'The token lacks the staff role.',
  404: 'No such letter, or a server whose engine has no dead letters (`no_dead_letters`).',
  409:
    'It was sent back before (`already_redriven`), or too little of it was kept ' +
    '(`dead_letter_cut`).',
  422: 'The request is not valid; `field` names the member.',
  503: 'Kafka does not answer, or not in time.',
} as const

/** The `detail` of a route: described, and not checked when it is answered. */
export function documented(text: {
  readonly summary: string
  readonly description?: string
  readonly answer: { readonly model: keyof typeof DEAD_LETTER_MODELS; readonly description: string }
  readonly problems: readonly (keyof typeof PROBLEMS)[]
}) {
  const { answer, problems, ...about } = text
  const content = (type: string, model: string) => ({
    content: { [type]: { schema: { $ref: `#/components/schemas/${model}` } } },
  })
  return {
    ...about,
    responses: {
      200: { description: answer.description, ...content('application/json', answer.model) },
      ...Object.fromEntries(
        problems.map((status) => [
          status,
          { description: PROBLEMS[status], ...content('application/problem+json', 'Problem') },
        ]),
      ),
    },
  }
}
