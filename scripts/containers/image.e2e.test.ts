import { afterAll, beforeAll, expect, test } from 'bun:test'
import { cpSync, mkdirSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { freePort } from '../services/ports'
import { createReach } from '../testing/reach'
import { tempFolder } from '../../server/testing/temp-folder'
import { within } from '../../server/testing/within'

/** The release stage of the Dockerfile, put together and run without a container engine. */

const root = join(import.meta.dir, '../..')
const dockerfile = readFileSync(join(root, 'Dockerfile'), 'utf8')
const temp = tempFolder()
const app = join(temp.path, 'app')

const NOT_SOURCES = new Set(['node_modules', '.git', '.bun', '.stack', 'data'])

/** What of the project goes to the builder: the last line of .dockerignore that fits decides. */
const context: readonly string[] = (() => {
  const rules = readFileSync(join(root, '.dockerignore'), 'utf8')
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => ({ keep: line.startsWith('!'), pattern: line.replace(/^!/, '') }))
    .map(({ keep, pattern }) => ({
      keep,
      globs: [pattern, `${pattern}/**`].map((each) => new Bun.Glob(each)),
    }))
  const files = readdirSync(root, { withFileTypes: true })
    .filter(({ name }) => !NOT_SOURCES.has(name))
    .flatMap((entry) =>
      entry.isDirectory()
        ? [...new Bun.Glob('**/*').scanSync({ cwd: join(root, entry.name), dot: true })].map(
            (path) => `${entry.name}/${path}`,
          )
        : [entry.name],
    )
  return files.filter((file) => {
    const last = rules.findLast(({ globs }) => globs.some((glob) => glob.match(file)))
    return last === undefined || last.keep
  })
})()

/** Lines of a stage that begin with a word, continued ones joined. */
function lines(stage: string, word: string): readonly string[] {
  const text = dockerfile
    .replace(/\\\n/g, ' ')
    .split(/^FROM .* AS /m)
    .find((part) => part.startsWith(`${stage}\n`))
  return (text ?? '')
    .split('\n')
    .filter((line) => line.startsWith(`${word} `))
    .map((line) => line.slice(word.length + 1).trim())
}

/** Carries out the COPY lines of a stage that take from the project. */
function copyInto(folder: string, stage: string): void {
  for (const line of lines(stage, 'COPY').filter((each) => !each.startsWith('--from'))) {
    const names = line.split(/\s+/)
    for (const source of names.slice(0, -1)) {
      const files = context.filter((file) => file === source || file.startsWith(`${source}/`))
      expect([source, files.length > 0]).toEqual([source, true])
      for (const file of files) {
        mkdirSync(dirname(join(folder, file)), { recursive: true })
        cpSync(join(root, file), join(folder, file))
      }
    }
  }
}

/** The words of a CMD, run by the Bun that runs this. */
function commandOf(words: string): string[] {
  const [program, ...args] = JSON.parse(words) as readonly string[]
  expect(program).toBe('bun')
  return [process.execPath, ...args]
}

beforeAll(async () => {
  copyInto(app, 'packages')
  const [install = ''] = lines('packages', 'RUN')
  const installing = Bun.spawn(install.replace(/^bun/, process.execPath).split(' '), {
    cwd: app,
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  expect(await installing.exited).toBe(0)
  copyInto(app, 'release')
  cpSync(join(root, 'ui/dist'), join(app, 'ui/dist'), { recursive: true })
}, 120_000)

afterAll(() => temp[Symbol.dispose]())

test('the builder gets no secrets, tests or data', () => {
  expect(context.filter((file) => /\.env|\.test\.|^data|node_modules|testing/.test(file))).toEqual(
    [],
  )
  expect(context).toContain('server/main.ts')
})

test('what is run in it finds all that it imports', () => {
  const reach = createReach(root)
  const inside = new Set(context)
  const programs = ['server/main.ts', 'server/worker.ts']
  const scripts = context.filter((file) => file.startsWith('scripts/'))
  for (const program of [...programs, ...scripts])
    expect([program, ...[...reach(program)].filter((file) => !inside.has(file))]).toEqual([program])
})

test('Bun is the one that the project asks for', () => {
  const [, version] = /^version=(.*)$/m.exec(
    readFileSync(join(root, 'scripts/ensure-bun'), 'utf8'),
  )!
  expect(dockerfile).toContain(`FROM oven/bun:${version}-slim AS bun\n`)
})

test('it runs with the packages of "dependencies" only, tells its health, and stops when told to', async () => {
  const port = await freePort()
  const env = {
    NODE_ENV: 'production',
    DATA_DIR: join(temp.path, 'data'),
    PORT: String(port),
    HOST: '127.0.0.1',
    JWT_SECRET: 'x'.repeat(32),
  }
  const server = Bun.spawn(commandOf(lines('release', 'CMD')[0]!), {
    cwd: app,
    env,
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  try {
    const [health = ''] = lines('release', 'HEALTHCHECK')
    const check = commandOf(health.slice(health.indexOf('[')))
    const healthy = async () =>
      (await Bun.spawn(check, { cwd: app, env, stdio: ['ignore', 'ignore', 'ignore'] }).exited) ===
      0
    const becomesHealthy = async () => {
      while (!(await healthy())) await Bun.sleep(50)
    }
    await within(becomesHealthy(), 'the server to be healthy', 30_000)
    expect(await (await fetch(`http://127.0.0.1:${port}/`)).text()).toContain('<script')
    expect((await fetch(`http://127.0.0.1:${port}/api/products`)).status).toBe(200)
  } finally {
    server.kill(lines('release', 'STOPSIGNAL')[0] as NodeJS.Signals)
  }
  expect(await within(server.exited, 'the server to stop', 30_000)).toBe(0)
}, 60_000)
