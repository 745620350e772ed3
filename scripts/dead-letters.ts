import { parseArgs } from 'node:util'
import { loadConfig } from '../server/config'
import { AppError } from '../server/errors'
import { openKafka } from '../server/kafka/client'
import { createLogger } from '../server/lib/logger'
import { DEAD_LETTER_REASONS } from '../server/mirror/dead-letter'
import {
  createDeadLetters,
  type DeadLetterEntry,
  type DeadLetters,
} from '../server/mirror/dead-letters'
import { jsonOf, listOf, pageOf, placeOf } from './dead-letters-text'

const LIST_LIMIT = '20'

class UsageError extends Error {
  override readonly name = 'UsageError'
}

process.exitCode = await run(process.argv.slice(2))

async function run(given: readonly string[]): Promise<number> {
  try {
    const { positionals, values } = argumentsOf(given)
    const [command = '', ...ids] = positionals
    const work = { list, show, redrive }[command]
    if (!work) throw new UsageError(`Expected list, show or redrive, not "${command}".`)
    return await withLetters((letters) => work(letters, ids, values))
  } catch (error) {
    if (!(error instanceof UsageError || error instanceof AppError)) throw error
    const isUsage = error instanceof UsageError
    console.error(`${error.message}${isUsage ? ' (scripts/dead-letters --help)' : ''}`)
    return isUsage ? 2 : 1
  }
}

type Options = ReturnType<typeof argumentsOf>['values']

function argumentsOf(given: readonly string[]) {
  try {
    return parseArgs({
      args: [...given],
      allowPositionals: true,
      options: {
        reason: { type: 'string' },
        limit: { type: 'string', default: LIST_LIMIT },
        all: { type: 'boolean', default: false },
        again: { type: 'boolean', default: false },
        json: { type: 'boolean', default: false },
        yes: { type: 'boolean', default: false },
      },
    })
  } catch (error) {
    const said = error instanceof Error ? error.message : String(error)
    // Of the parser's advice, which is about other mistakes, only what is wrong.
    throw new UsageError(`${said.split('. To specify')[0]}.`)
  }
}

async function withLetters(work: (letters: DeadLetters) => Promise<number>): Promise<number> {
  const { engine } = loadConfig(process.env)
  if (engine.kind === 'embedded')
    throw new UsageError('Only the distributed engine has dead letters: KAFKA_BROKER is not set.')
  const kafka = openKafka(engine.kafka, createLogger('silent'))
  try {
    return await work(createDeadLetters(kafka, engine.mirror.deadLetterTopic))
  } finally {
    await kafka.close()
  }
}

async function list(
  letters: DeadLetters,
  ids: readonly string[],
  { reason, limit, json }: Options,
): Promise<number> {
  if (ids.length > 0) throw new UsageError(`list takes no id: show ${ids[0]} shows that letter.`)
  if (!/^[1-9]\d{0,8}$/.test(limit))
    throw new UsageError(`--limit is "${limit}": expected a whole number from 1.`)
  checkReason(reason)
  const entries: DeadLetterEntry[] = []
  for await (const entry of letters.entries(reason)) {
    entries.push(entry)
    if (entries.length === Number(limit)) break
  }
  if (json) console.log(JSON.stringify(entries.map((entry) => jsonOf(entry, false))))
  else console.log(entries.length === 0 ? 'There are no dead letters.' : listOf(entries))
  return 0
}

async function show(
  letters: DeadLetters,
  [id, ...more]: readonly string[],
  { json }: Options,
): Promise<number> {
  if (id === undefined || more.length > 0) throw new UsageError('show takes the id of one letter.')
  const entry = await letters.find(id)
  console.log(json ? JSON.stringify(jsonOf(entry, true)) : pageOf(entry))
  return 0
}

async function redrive(
  letters: DeadLetters,
  ids: readonly string[],
  options: Options,
): Promise<number> {
  const wanted = await chosen(letters, ids, options)
  if (wanted.length === 0) {
    console.log('There is nothing to send back.')
    return 0
  }
  if (!options.yes && !confirmed(wanted)) return 1
  let failed = 0
  for (const { id, to } of wanted) {
    try {
      await letters.redrive(id)
      console.log(`${id} was sent back to ${to}.`)
    } catch (error) {
      // Kafka out of reach: the next ones would not fare better.
      if (!(error instanceof AppError) || error.temporary) throw error
      console.error(`${id}: ${error.message}`)
      failed++
    }
  }
  return failed === 0 ? 0 : 1
}

interface Chosen {
  readonly id: string
  readonly at: number
  readonly to: string
  readonly from: string
}

/** Oldest first. Of many, only what is needed to send them is held. */
async function chosen(
  letters: DeadLetters,
  ids: readonly string[],
  { reason, all, again }: Options,
): Promise<readonly Chosen[]> {
  checkReason(reason)
  if (all === ids.length > 0 || all !== (reason !== undefined))
    throw new UsageError('redrive takes ids of letters, or --reason REASON --all.')
  const wanted: Chosen[] = []
  const take = ({ id, at, letter }: DeadLetterEntry) =>
    wanted.push({ id, at, to: letter.source.topic, from: placeOf(letter.source) })
  if (all) {
    for await (const entry of letters.entries(reason))
      if (again || entry.redrivenAt === null) take(entry)
  }
  for (const id of new Set(ids)) {
    const entry = await letters.find(id)
    if (entry.redrivenAt !== null && !again)
      throw new UsageError(`${id} was sent back before: --again sends it once more.`)
    take(entry)
  }
  return wanted.toSorted((a, b) => a.at - b.at)
}

function confirmed(wanted: readonly Chosen[]): boolean {
  if (!process.stdin.isTTY) throw new UsageError('nobody is there to confirm: add --yes.')
  const [first] = wanted
  const what =
    wanted.length === 1 ? `${first!.id} (from ${first!.from})` : `${wanted.length} letters`
  return confirm(`Send ${what} back?`)
}

function checkReason(reason: string | undefined): void {
  if (reason === undefined || DEAD_LETTER_REASONS.some((known) => known === reason)) return
  throw new UsageError(
    `--reason is "${reason}": expected one of ${DEAD_LETTER_REASONS.join(', ')}.`,
  )
}
