import { Elysia } from 'elysia'
import { authentication } from '../auth/macro'
import type { VerifyToken } from '../auth/principal'
import { AppError } from '../errors'
import type { Logger } from '../lib/logger'
import type { DeadLetters } from '../mirror/dead-letters'
import { parseOptionalJson, requireObject } from '../orders/optional-body'
import { onlyQueryOf } from '../orders/query'
import {
  DEAD_LETTER_MODELS,
  documented,
  IdModel,
  ListQueryModel,
  PAGE_LIMIT,
  RedriveModel,
} from './model'
import { readPage } from './page'
import { detailOf, summaryOf } from './shown'
import { createTurns } from './turns'

export interface DeadLetterRoutesDeps {
  /** Undefined where the engine reads nothing that could be unreadable. */
  readonly letters: DeadLetters | undefined
  readonly verify: VerifyToken
  readonly logger: Logger
}

/** What staff do with dead letters: list, look, send back. Everything is 503 while Kafka is away. */
export function deadLetterRoutes({ letters, verify, logger }: DeadLetterRoutesDeps) {
  /** Of two who send the same letter back at once the second finds what the first has done. */
  const inTurn = createTurns()

  function known(): DeadLetters {
    if (letters) return letters
    const detail = 'This server has no dead letters: its engine does not read from Kafka.'
    throw new AppError('no_dead_letters', 404, detail)
  }

  async function redrive(id: string, again: boolean): Promise<string> {
    const { letter, redrivenAt } = await known().find(id)
    if (redrivenAt !== null && !again) {
      const at = new Date(redrivenAt).toISOString()
      const detail = `${id} was sent back before, at ${at}: "again": true sends it once more.`
      throw new AppError('already_redriven', 409, detail, { extensions: { redrivenAt: at } })
    }
    await known().redrive(id)
    return letter.source.topic
  }

  return new Elysia({ name: 'dead-letters', prefix: '/api/admin', tags: ['Staff'] })
    .model(DEAD_LETTER_MODELS)
    .use(authentication(verify))
    .get(
      '/dead-letters',
      async ({ query }) => {
        const { items, next } = await readPage(known(), {
          ...query,
          limit: query.limit ?? PAGE_LIMIT,
        })
        return { items: items.map(summaryOf), cursor: null, next }
      },
      {
        staff: true,
        query: ListQueryModel,
        transform: onlyQueryOf(ListQueryModel),
        detail: documented({
          summary: 'List what could not be read from Kafka, newest first',
          answer: { model: 'DeadLetterList', description: 'One page.' },
          problems: [400, 401, 403, 404, 422, 503],
        }),
      },
    )
    .get('/dead-letters/:id', async ({ params }) => detailOf(await known().find(params.id)), {
      staff: true,
      params: IdModel,
      detail: documented({
        summary: 'Read one dead letter with its headers and its value',
        answer: { model: 'DeadLetterDetail', description: 'The letter.' },
        problems: [401, 403, 404, 422, 503],
      }),
    })
    .post(
      '/dead-letters/:id/redrive',
      async ({ params: { id }, body, principal }) => {
        const topic = await inTurn(id, () => redrive(id, body.again ?? false))
        logger.info({ letter: id, topic, by: principal.subject }, 'dead letter sent back')
        return { id, topic, redrivenAt: new Date().toISOString() }
      },
      {
        staff: true,
        // 'json' is for the API description: the first one always has an answer.
        parse: [parseOptionalJson, 'json'],
        transform: requireObject,
        params: IdModel,
        body: RedriveModel,
        detail: documented({
          summary: 'Send a record back to the topic that it came from',
          description:
            'As it was, once what was wrong is put right: otherwise it becomes a dead letter again. ' +
            'After a 503 it may have been sent all the same: the list tells.',
          answer: { model: 'DeadLetterRedriven', description: 'It was sent.' },
          problems: [400, 401, 403, 404, 409, 422, 503],
        }),
      },
    )
}
