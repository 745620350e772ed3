import { texts } from './texts'

/** The members of a problem document (RFC 9457) that the views use. */
export interface ProblemBody {
  readonly status: number
  readonly code: string
  readonly detail: string
  /** The request member that is at fault, e.g. `shippingAddress.city`. */
  readonly field?: string
  /** Every member at fault, where there are several. */
  readonly errors?: readonly FieldError[]
  /** 409 on a change of status: what is allowed instead. */
  readonly allowed?: readonly string[]
}

export interface FieldError {
  readonly field: string
  readonly detail: string
}

/** Codes that the browser gives itself, where no problem document came. */
type OwnCode = 'unreachable' | 'unreadable'

/** A request that did not succeed; `status` 0 when no answer came at all. */
export class Problem extends Error {
  override readonly name = 'Problem'
  constructor(
    readonly body: ProblemBody,
    cause?: unknown,
  ) {
    super(body.detail, { cause })
  }

  static own(code: OwnCode, status: number, cause?: unknown): Problem {
    return new Problem({ status, code, detail: texts.common.problems[code] }, cause)
  }

  get status(): number {
    return this.body.status
  }

  get code(): string {
    return this.body.code
  }

  /** What to show beside each member of the request; members as `items.0.quantity`. */
  fieldErrors(): ReadonlyMap<string, string> {
    const { field, detail, errors } = this.body
    const all = errors ?? (field === undefined ? [] : [{ field, detail }])
    return new Map(all.map((error) => [memberName(error.field), sentence(error)]))
  }
}

function memberName(field: string): string {
  return field.replace(/\[(\d+)\]/g, '.$1')
}

/** `shippingAddress.city: expected some text` → `Expected some text`: the field is named beside it. */
function sentence({ field, detail }: FieldError): string {
  const text = detail.startsWith(`${field}: `) ? detail.slice(field.length + 2) : detail
  return text.charAt(0).toUpperCase() + text.slice(1)
}

/** No answer came, and the device itself says that it has no network: nothing was sent. */
export function isOffline(error: unknown): boolean {
  return error instanceof Problem && error.code === 'unreachable' && !navigator.onLine
}

/** One sentence for people, whatever was thrown. */
export function problemText(error: unknown): string {
  if (error instanceof Problem) return error.message
  return error instanceof Error ? error.message : String(error)
}

/** Reads the problem document of a response; one that has none still becomes a `Problem`. */
export async function readProblem(response: Response): Promise<Problem> {
  let body: Partial<ProblemBody> & { readonly title?: string }
  try {
    body = await response.json()
  } catch (error) {
    return Problem.own('unreadable', response.status, error)
  }
  return new Problem({
    ...body,
    status: response.status,
    code: body.code ?? 'unknown',
    detail: body.detail ?? body.title ?? texts.common.problems.answered(response.status),
  })
}
