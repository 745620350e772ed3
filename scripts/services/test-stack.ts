import { join } from 'node:path'

/** Services that many tests share. */
export interface TestStack {
  /** Kafka, as `host:port`. */
  readonly broker: string
  /** `postgres://user@host:port/database`, of a user that may create databases. */
  readonly postgresUrl: string
}

const HOLDER = join(import.meta.dir, 'test-stack-holder.ts')

/**
 * Starts them on free ports. They are held by a process of their own that ends them, and removes what
 * they wrote, when we dispose of them or end, however that is: `bun test` runs no handlers at its end.
 */
export async function startTestStack(): Promise<TestStack & AsyncDisposable> {
  const holder = Bun.spawn([process.execPath, HOLDER], {
    stdio: ['pipe', 'pipe', 'inherit'],
    // A Ctrl-C is for us: the services are ended in order.
    detached: true,
  })
  holder.unref()
  const line = await firstLine(holder.stdout)
  if (line === null) throw new Error('The services of the tests did not start (see above).')
  const stack = JSON.parse(line) as TestStack
  return {
    ...stack,
    async [Symbol.asyncDispose]() {
      await holder.stdin.end()
      await holder.exited
    },
  }
}

async function firstLine(stream: ReadableStream<Uint8Array>): Promise<string | null> {
  let text = ''
  const decoder = new TextDecoder()
  for await (const chunk of stream) {
    text += decoder.decode(chunk, { stream: true })
    if (text.includes('\n')) return text.slice(0, text.indexOf('\n'))
  }
  return null
}
