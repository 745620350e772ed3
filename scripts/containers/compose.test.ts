import { describe, expect, test } from 'bun:test'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { loadConfig } from '../../server/config'
import { nginxConfig } from '../services/nginx'

/** No container engine runs here: what can be known without one. */

const root = join(import.meta.dir, '../..')
const read = (path: string) => Bun.file(join(root, path)).text()

interface Service {
  readonly image?: string
  readonly build?: string
  readonly command?: readonly string[]
  readonly environment?: Readonly<Record<string, string>>
  readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>
  readonly volumes?: readonly string[]
  readonly healthcheck?: { readonly test: readonly string[] }
  readonly deploy?: { readonly replicas: number }
  readonly networks?: { readonly default: { readonly ipv4_address: string } }
}

interface Compose {
  readonly services: Readonly<Record<string, Service>>
  readonly volumes: Readonly<Record<string, null>>
}

const { services, volumes } = Bun.YAML.parse(await read('compose.yaml')) as Compose

/** `${NAME:-fallback}` and `${NAME:?why}` as Compose fills them in. */
function interpolate(text: string, env: Readonly<Record<string, string>>): string {
  return text.replace(/\$\{(\w+)(?::([-?])([^}]*))?\}/g, (_whole, name: string, how, rest) => {
    const value = env[name]
    if (value) return value
    if (how === '-') return rest as string
    throw new Error(`${name}: ${rest}`)
  })
}

function environmentOf(name: string, env: Readonly<Record<string, string>>) {
  const entries = Object.entries(services[name]?.environment ?? {})
  return Object.fromEntries(entries.map(([key, value]) => [key, interpolate(value, env)]))
}

const SECRET = { JWT_SECRET: 'x'.repeat(32) }

describe('compose.yaml', () => {
  test('has every part of the distributed engine', () => {
    expect(Object.keys(services).sort()).toEqual(
      ['kafka', 'nginx', 'postgres', 'redis', 'server', 'worker'].sort(),
    )
    expect([services.server?.deploy?.replicas, services.worker?.deploy?.replicas]).toEqual([2, 2])
  })

  test.each(Object.entries(services))('%s: what it refers to is there', (_name, service) => {
    for (const [other, { condition }] of Object.entries(service.depends_on ?? {})) {
      expect(services[other]).toBeDefined()
      expect(condition).toBe('service_healthy')
    }
    // Of a server the image says how its health is asked for.
    expect(service.healthcheck !== undefined || service.build !== undefined).toBe(true)
    for (const volume of service.volumes ?? []) {
      const [source = ''] = volume.split(':')
      const there = source.startsWith('.') ? existsSync(join(root, source)) : source in volumes
      expect([source, there]).toEqual([source, true])
    }
  })

  test.each(['server', 'worker'])('%s: its settings are settings', async (name) => {
    const example = await read('.env.example')
    const known = new Set([...example.matchAll(/^([A-Z][A-Z_]+)=/gm)].map((match) => match[1]!))
    const named = Object.keys(services[name]?.environment ?? {})
    expect(named.filter((each) => !known.has(each))).toEqual([])
    const [program, file = ''] = services[name]?.command ?? []
    expect([program, existsSync(join(root, file))]).toEqual(['bun', true])

    const config = loadConfig(environmentOf(name, SECRET))
    expect(config.engine.kind).toBe('distributed')
    expect([config.host, config.worker.host]).toEqual([
      '0.0.0.0',
      name === 'worker' ? '0.0.0.0' : '127.0.0.1',
    ])
  })

  test('does not start without a secret, and says why', () => {
    expect(() => environmentOf('server', {})).toThrow('JWT_SECRET: In containers')
  })

  test('nginx leads to the port of the servers, which trust it alone', () => {
    const { port, trustedProxies } = loadConfig(environmentOf('server', SECRET))
    const servers = services.nginx?.environment?.NGINX_SERVERS ?? ''
    expect(servers.match(/(?<=server )\S+/g)).toEqual([`server:${port}`, `server:${port}`])
    expect(servers.match(/backup/g)?.length).toBe(1)
    expect(trustedProxies).toEqual([services.nginx?.networks?.default.ipv4_address ?? ''])
  })

  test('nginx gets every value of its template', () => {
    // The entry point of the image adds this one.
    const values = { ...services.nginx?.environment, NGINX_LOCAL_RESOLVERS: '127.0.0.11' }
    expect(services.nginx?.environment?.NGINX_ENTRYPOINT_LOCAL_RESOLVERS).toBe('1')
    expect(nginxConfig(values)).not.toContain('${')
  })

  test("a worker's health is asked for where it tells it", () => {
    const { worker } = loadConfig(environmentOf('worker', SECRET))
    expect(services.worker?.healthcheck?.test.at(-1)).toContain(`127.0.0.1:${worker.port}/`)
  })
})
