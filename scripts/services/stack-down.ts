import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { StackOptions } from './stack-options'
import { processIn, readRecord, running, writeRecord, type StackRecord } from './stack-record'

/** Stops those services that were started here and run; with `wipe` removes their folders too. */
export async function bringDown({ folder, services, wipe }: StackOptions): Promise<void> {
  const record = readRecord(folder)
  const stopped = await Promise.all(
    services.map(async (service) => {
      const process = processIn(record, service)
      await process?.stop()
      if (process) console.log(`${service} is stopped.`)
      return process !== null
    }),
  )
  if (!stopped.includes(true)) console.log('Nothing runs.')
  if (wipe) {
    await Promise.all(
      services.map((service) => rm(join(folder, service), { recursive: true, force: true })),
    )
    console.log(`The data of ${services.join(', ')} are removed.`)
  }
  writeRecord(folder, running(record) satisfies StackRecord)
}
