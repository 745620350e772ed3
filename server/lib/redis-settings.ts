/** Where the shared log is kept. */
export interface RedisSettings {
  /**
   * `redis://[user:password@]host:port[/db]`, `rediss://…` over TLS, `redis+sentinel://…host:port,
   * host:port/master-name` or `redis+cluster://…host:port,host:port` (`rediss+…` over TLS).
   */
  readonly url: string
  /** All keys stand under the hash tag `{name}`, on one shard of a cluster. */
  readonly name: string
  /** PEM; null: the system's authorities. */
  readonly ca: string | null
}
