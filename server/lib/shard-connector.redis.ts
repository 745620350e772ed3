import { connect as connectPlain, type Socket } from 'node:net'
import { connect as connectTls, type ConnectionOptions, type TLSSocket } from 'node:tls'
import { AbstractConnector, Redis, type RedisOptions } from 'ioredis'
import type { Endpoint } from './address.redis'
import { replyCode } from './failure.redis'

export interface ShardOptions {
  /** Asked one after the other; nodes that they name are asked later too. */
  readonly nodes: readonly Endpoint[]
  /** Any key of the shard. */
  readonly key: string
  readonly tls: ConnectionOptions | undefined
  /** For the connections that ask. */
  readonly asking: RedisOptions
  readonly retryMs: number
}

type Emit = (type: string, error: Error) => void

/**
 * Makes each connection to the master that holds one slot of a Cluster, as of that moment. All keys of
 * the log are in one slot, so this is one server with one connection and one queue, with the same
 * promises as without a Cluster; ioredis' own Cluster client sends commands again behind our back.
 */
export function shardConnector(options: ShardOptions) {
  const nodes = [...options.nodes]

  return class ShardConnector extends AbstractConnector {
    constructor() {
      super(options.retryMs)
    }

    /** A server that became a replica between the question and the connection. */
    override check(info: { readonly role?: string }): boolean {
      return info.role === undefined || info.role === 'master'
    }

    override async connect(emit: Emit): Promise<Socket | TLSSocket> {
      this.connecting = true
      // A rejection would end the client for good: it goes on asking, as with Sentinels.
      for (;;) {
        const master = await findMaster(nodes, options)
        if (!this.connecting) throw new Error('Connection is closed.')
        if (master instanceof Error) emit('error', master)
        else {
          this.stream = options.tls
            ? connectTls({ ...master, ...options.tls })
            : connectPlain({ ...master })
          this.stream.once('error', (error) => {
            this.firstError = error
          })
          return this.stream
        }
        await Bun.sleep(options.retryMs)
      }
    }
  }
}

/** The slot's master, or why no node could tell. */
async function findMaster(nodes: Endpoint[], options: ShardOptions): Promise<Endpoint | Error> {
  let why = new Error('no node of the Cluster answers')
  for (const node of [...nodes]) {
    const redis = new Redis({ ...options.asking, ...node, tls: options.tls })
    // It says more than what the command ends with: a certificate, a password.
    redis.on('error', (error: Error) => {
      why = error
    })
    try {
      const slot = await redis.cluster('KEYSLOT', options.key)
      const ranges = slotRanges(await redis.cluster('SLOTS'), node)
      const found = ranges.find(({ from, to }) => from <= slot && slot <= to)
      for (const { master } of ranges) remember(nodes, master)
      if (found) return found.master
      why = new Error(`slot ${slot} is held by no node of the Cluster`)
    } catch (error) {
      if (replyCode(error) !== null) why = error as Error
    } finally {
      redis.disconnect()
    }
  }
  return why
}

interface SlotRange {
  readonly from: number
  readonly to: number
  readonly master: Endpoint
}

/** `CLUSTER SLOTS`: of each range its ends, then its nodes, the master first. */
function slotRanges(reply: readonly unknown[], asked: Endpoint): SlotRange[] {
  return reply.map((range) => {
    const [from, to, [host, port]] = range as [number, number, [string | null, number]]
    // A node that does not know its own name is the one that was asked.
    return { from, to, master: { host: host || asked.host, port } }
  })
}

function remember(nodes: Endpoint[], node: Endpoint): void {
  if (!nodes.some(({ host, port }) => host === node.host && port === node.port)) nodes.push(node)
}
