export interface Migration {
  /** 1, 2, 3, … without holes. */
  readonly number: number
  readonly name: string
  /** Plain SQL, one or more statements; runs in a transaction of its own. */
  readonly sql: string
}
