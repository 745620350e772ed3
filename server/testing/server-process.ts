import { fileURLToPath } from 'node:url'
import { endsWithUs } from '../../scripts/services/ends-with-us'
import { within } from './within'

const PROGRAMS = {
  server: fileURLToPath(import.meta.resolve('../main.ts')),
  worker: fileURLToPath(import.meta.resolve('../worker.ts')),
}

/** Several that start at once on a busy machine take their time. */
const START_MS = 60_000

export type LogLine = Readonly<Record<string, unknown>>

export interface ServerProcess {
  readonly child: Bun.Subprocess
  /** Resolves to the address once it listens. */
  listening(): Promise<string>
  /** Resolves to the first line of the log with this text. */
  logged(text: string): Promise<LogLine>
  /** Resolves once the process has ended, by itself or by a signal. */
  ended(): Promise<{ readonly code: number; readonly stderr: string; readonly log: LogLine[] }>
}

export interface ServerProcessOptions {
  /** Where it runs; DATA_DIR is `data` in there unless `env` says otherwise. */
  readonly folder: string
  /** Beside PATH, PORT=0 and DATA_DIR nothing else is in its environment. */
  readonly env?: Readonly<Record<string, string>>
  /** The server, unless told otherwise. */
  readonly program?: keyof typeof PROGRAMS
  /** Bun's own options. */
  readonly options?: readonly string[]
}

/** Starts it as people do: as a process of its own. Whoever starts it ends it. */
export function startServerProcess(start: ServerProcessOptions): ServerProcess {
  const { folder, program = 'server', env = {}, options = [] } = start
  const child = Bun.spawn([...endsWithUs(), process.execPath, ...options, PROGRAMS[program]], {
    cwd: folder,
    env: {
      PATH: process.env.PATH,
      PORT: '0',
      WORKER_PORT: '0',
      DATA_DIR: `${folder}/data`,
      ...env,
    },
    stdout: 'pipe',
    stderr: 'pipe',
  })
  const lines = readLines(child.stdout)
  const stderr = new Response(child.stderr).text()
  return {
    child,
    async listening() {
      return String((await lines.until(({ msg }) => msg === 'listening', START_MS)).url)
    },
    logged: (text) => lines.until(({ msg }) => msg === text),
    async ended() {
      const code = await within(child.exited, 'the process to end')
      return { code, stderr: await stderr, log: await lines.all }
    },
  }
}

/** Signs in at the demo sign-in of `url`; resolves to the token. */
export async function signInAt(url: string, name: string, role = 'customer'): Promise<string> {
  const response = await fetch(`${url}/api/demo/sign-in`, {
    method: 'POST',
    body: JSON.stringify({ name, role }),
    headers: { 'content-type': 'application/json' },
  })
  return ((await response.json()) as { token: string }).token
}

function readLines(stream: ReadableStream<Uint8Array<ArrayBuffer>>) {
  const seen: LogLine[] = []
  const waiting = new Set<() => void>()
  const read = async () => {
    let rest = ''
    for await (const text of stream.pipeThrough(new TextDecoderStream())) {
      const parts = (rest + text).split('\n')
      rest = parts.pop()!
      seen.push(...parts.map((line) => JSON.parse(line) as LogLine))
      for (const look of waiting) look()
    }
    return seen
  }
  return {
    all: read(),
    until(matches: (line: LogLine) => boolean, deadlineMs?: number) {
      const { promise, resolve } = Promise.withResolvers<LogLine>()
      const look = () => {
        const found = seen.find(matches)
        if (found) resolve(found)
      }
      waiting.add(look)
      look()
      return within(promise, 'a line of the log', deadlineMs).finally(() => waiting.delete(look))
    },
  }
}
