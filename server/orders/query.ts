import { AppError } from '../errors'
import { PAGE_LIMIT } from './model'

/** The query of a list, with the limit that holds where none was given. */
export function pageOf<Query extends { readonly limit?: number }>(
  query: Query,
): Query & { readonly limit: number } {
  return { ...query, limit: query.limit ?? PAGE_LIMIT }
}

/**
 * Refuses parameters that the list does not have, and those given twice: a filter that is ignored in
 * silence answers another question than the one that was asked.
 */
export function onlyQueryOf(model: { readonly properties: Readonly<Record<string, unknown>> }) {
  const known = Object.keys(model.properties)
  return ({ request }: { readonly request: Request }): void => {
    const { searchParams } = new URL(request.url)
    for (const name of new Set(searchParams.keys())) {
      if (!known.includes(name)) throw invalid(name, `expected one of ${known.join(', ')}`)
      if (searchParams.getAll(name).length > 1) throw invalid(name, 'expected once')
    }
  }
}

function invalid(field: string, expectation: string): AppError {
  return new AppError('invalid_request', 422, `${field}: ${expectation}.`, {
    extensions: { field },
  })
}
