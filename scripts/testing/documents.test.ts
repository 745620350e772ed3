import { describe, expect, test } from 'bun:test'
import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { loadConfig } from '../../server/config'

const root = join(import.meta.dir, '../..')
const documents = ['*.md', 'docs/**/*.md', 'ui/*.md', 'ui/client/*.md'].flatMap((pattern) =>
  [...new Bun.Glob(pattern).scanSync({ cwd: root })].sort(),
)

async function read(path: string): Promise<string> {
  // Links in code are examples, not links.
  return (await Bun.file(join(root, path)).text()).replace(/^```[\s\S]*?^```$/gm, '')
}

/** Anchors as GitHub makes them of headings. */
async function anchorsOf(path: string): Promise<ReadonlySet<string>> {
  const headings = [...(await read(path)).matchAll(/^#+ (.+)$/gm)].map((match) => match[1]!)
  const slug = (heading: string) =>
    heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-')
  return new Set(headings.map(slug))
}

describe.each(documents)('%s', (path) => {
  test('every link leads somewhere', async () => {
    const links = [...(await read(path)).matchAll(/\]\(([^)\s]+)\)/g)].map((match) => match[1]!)
    const broken: string[] = []
    for (const link of links.filter((each) => !/^https?:/.test(each))) {
      const [file = '', anchor] = link.split('#')
      const target = file === '' ? path : join(dirname(path), file)
      const leads =
        existsSync(join(root, target)) &&
        (anchor === undefined || (await anchorsOf(target)).has(anchor))
      if (!leads) broken.push(link)
    }
    expect(broken).toEqual([])
  })

  test('every file and folder that it names is there', async () => {
    const names = [...(await read(path)).matchAll(/`((?:server|ui|scripts|docs)\/[\w./-]+)`/g)]
    const missing = names
      .map((match) => match[1]!)
      .filter((name) => !existsSync(join(root, name)) && !name.startsWith('ui/dist'))
    expect(missing).toEqual([])
  })
})

test('the settings that documents name are settings', async () => {
  const example = await Bun.file(join(root, '.env.example')).text()
  const settings = new Set([...example.matchAll(/^([A-Z][A-Z_]+)=/gm)].map((match) => match[1]!))
  const operations = await read('docs/operations.md')
  const named = [...operations.matchAll(/`([A-Z][A-Z]*_[A-Z_]+|PORT|HOST)`/g)].map((m) => m[1]!)
  expect(named.filter((name) => !settings.has(name))).toEqual([])
  expect(named.length).toBeGreaterThan(10)
})

test('the limits of PROTOCOL.md are the defaults', async () => {
  const { hub, socket, retentionMs, retentionMaxEntries } = loadConfig({})
  const section = (await read('PROTOCOL.md')).split('\n## Limits\n')[1]!.split('\n## ')[0]!
  const cells = section
    .match(/^\|.*$/gm)!
    .slice(2)
    .map((row) => row.split('|')[2]!.trim())
  const number = (value: number) => value.toLocaleString('en')
  expect(cells).toEqual([
    `${socket.authTimeoutMs / 1_000} s`,
    `${socket.maxFrameBytes / 1_024} KiB`,
    number(socket.maxFramesPerSecond),
    number(socket.maxInvalidFrames),
    `${hub.replayStallMs / 1_000} s`,
    number(socket.maxSocketsPerUser),
    number(socket.maxUnauthenticatedPerAddress),
    `${hub.backpressureLimitBytes / 1_048_576} MiB`,
    `${retentionMs / 3_600_000} h, ${number(retentionMaxEntries)}`,
    number(hub.replayMaxEntries),
  ])
})
