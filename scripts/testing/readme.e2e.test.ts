import { afterAll, beforeAll, expect, test } from 'bun:test'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** The README's commands, run as they stand there; only the port and the data folder are others. */

const root = join(import.meta.dir, '../..')
const DEADLINE_MS = 60_000

/** The code blocks of one language, in order. */
async function blocks(language: string): Promise<readonly string[]> {
  const readme = await Bun.file(join(root, 'README.md')).text()
  const found = [...readme.matchAll(/^```(\w+)\n([\s\S]*?)^```$/gm)]
  return found.filter((match) => match[1] === language).map((match) => match[2]!)
}

async function blockWith(language: string, text: string): Promise<string> {
  const found = (await blocks(language)).find((block) => block.includes(text))
  if (found === undefined) throw new Error(`README.md has no ${language} block with ${text}`)
  return found.replaceAll('localhost:3009', new URL(url).host)
}

/** Reads all that a process writes, and waits for parts of it. */
function transcript(stream: ReadableStream<Uint8Array>) {
  let seen = ''
  let ended = false
  let arrived = Promise.withResolvers<void>()
  const reading = async () => {
    const decoder = new TextDecoder()
    for await (const chunk of stream) {
      seen += decoder.decode(chunk, { stream: true })
      arrived.resolve()
      arrived = Promise.withResolvers()
    }
    ended = true
    arrived.resolve()
  }
  reading().catch((error: unknown) => arrived.reject(error))
  return {
    /** Resolves to everything up to now once `text` is in it, on a whole line. */
    async until(text: string): Promise<string> {
      const deadline = AbortSignal.timeout(DEADLINE_MS)
      const late = Promise.withResolvers<never>()
      deadline.onabort = () => late.reject(new Error(`did not say "${text}": ${seen}`))
      while (!seen.slice(0, seen.lastIndexOf('\n') + 1).includes(text)) {
        if (ended) throw new Error(`ended before it said "${text}": ${seen}`)
        await Promise.race([arrived.promise, late.promise])
      }
      deadline.onabort = null
      return seen
    },
  }
}

let folder: string
let server: Bun.Subprocess<'ignore', 'ignore', 'pipe'>
let url: string
let env: Record<string, string | undefined>

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'orderwire-readme-'))
  env = { ...process.env, PORT: '0', REALTIME_PORT: '', DATA_DIR: join(folder, 'data') }
  const [start] = await blocks('sh')
  expect(start).toBe('scripts/start\n')
  // `exec`: the signal is for the server, not for a shell around it.
  server = Bun.spawn(['sh', '-c', `exec ${start!}`], {
    cwd: root,
    env,
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  const banner = await transcript(server.stderr).until('Orderwire listens on')
  url = /http:\/\/\S+/.exec(banner)![0]
}, 120_000)

afterAll(async () => {
  if (server) {
    server.kill('SIGTERM')
    await server.exited
  }
  if (folder) await rm(folder, { recursive: true })
})

test('the curl lines sign in, list and order; the script sees the order arrive', async () => {
  const script = Bun.spawn([process.execPath, '-e', await blockWith('js', 'new WebSocket')], {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  try {
    const events = transcript(script.stdout)
    await events.until('caught-up')

    const shell = Bun.spawn(['sh', '-ec', await blockWith('sh', 'curl')], {
      cwd: folder,
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    const output = await new Response(shell.stdout).text()
    expect(await shell.exited).toBe(0)
    expect(output).toContain('"id":"espresso-cup"')
    const [orderId] = /(?<="orderId":")[^"]+/.exec(output)!

    expect(await events.until(orderId)).toContain('event: "order:created"')
  } finally {
    script.kill()
    await script.exited
  }
}, 120_000)

test('the backup line copies the data while the server runs', async () => {
  const line = (await blockWith('sh', 'scripts/backup'))
    .split('\n')
    .find((each) => each.startsWith('scripts/backup'))!
  const [command, file] = line.split(/\s+/)
  const backup = Bun.spawn(['sh', '-c', `${join(root, command!)} ${file!}`], {
    cwd: folder,
    env,
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  expect(await backup.exited).toBe(0)
  expect(await Bun.file(join(folder, file!)).exists()).toBe(true)
})
