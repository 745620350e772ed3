export interface KafkaSettings {
  /** `host:port`, at least one. */
  readonly brokers: readonly string[]
  readonly clientId: string
  /** Null: plain text. */
  readonly tls: TlsSettings | null
  readonly sasl: SaslSettings | null
  /** Of topics that are made here. */
  readonly partitions: number
  readonly replicationFactor: number
}

export interface TlsSettings {
  /** PEM; null: the system's authorities. */
  readonly ca: string | null
  /** PEM, for brokers that ask for a client's certificate. */
  readonly cert: string | null
  readonly key: string | null
}

export interface SaslSettings {
  readonly mechanism: 'plain' | 'scram-sha-256' | 'scram-sha-512'
  readonly username: string
  readonly password: string
}
