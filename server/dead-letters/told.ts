import { AppError } from '../errors'
import type { Outage } from '../lib/outage'
import type { DeadLetters } from '../mirror/dead-letters'

/** The same, and the log has each outage of Kafka once, however often somebody looks meanwhile. */
export function tellOutages(letters: DeadLetters, outage: Outage): DeadLetters {
  function failed(error: unknown): unknown {
    if (error instanceof AppError && error.code === 'kafka_unreachable') outage.failed(error)
    return error
  }

  async function asked<Result>(work: Promise<Result>): Promise<Result> {
    try {
      const result = await work
      outage.works()
      return result
    } catch (error) {
      throw failed(error)
    }
  }

  return {
    async *entries(reason) {
      try {
        for await (const entry of letters.entries(reason)) {
          outage.works()
          yield entry
        }
        outage.works()
      } catch (error) {
        throw failed(error)
      }
    },
    find: (id) => asked(letters.find(id)),
    redrive: (id) => asked(letters.redrive(id)),
  }
}
