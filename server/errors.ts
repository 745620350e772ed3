/** An expected failure with a code to branch on; everything else is a defect. */
export class AppError extends Error {
  override readonly name = 'AppError'
  constructor(
    /** Stable, for machines: `snake_case`. */
    readonly code: string,
    /** HTTP status. */
    readonly status: number,
    /** One sentence for people: what was wrong and what was expected. */
    message: string,
    readonly details: {
      /** True when the same request may succeed later. */
      readonly temporary?: boolean
      /** Members of the problem document beside RFC 9457's own. */
      readonly extensions?: Readonly<Record<string, unknown>>
      readonly cause?: unknown
    } = {},
  ) {
    super(message, { cause: details.cause })
  }

  get temporary(): boolean {
    return this.details.temporary ?? false
  }
}
