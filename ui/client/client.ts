import type { Client, ClientOptions } from './api'

export function createClient(options: ClientOptions): Client {
  throw new Error(`The client is being written (${options.subject}).`)
}
