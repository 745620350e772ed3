/** People who look at pages and lists all the time. */
export interface Visitors extends AsyncDisposable {
  /** Answers by path and status; an attempt without an answer counts as status 0. */
  readonly answers: ReadonlyMap<string, number>
  /** How many of them were no success. */
  readonly failures: number
}

const PAUSE_MS = 10

/** Each of the paths is asked for again and again, until it is disposed of. */
export function startVisitors(url: string, token: string, paths: readonly string[]): Visitors {
  const answers = new Map<string, number>()
  let failures = 0
  let open = true

  async function visit(path: string): Promise<void> {
    while (open) {
      const status = await statusOf(`${url}${path}`, token)
      const answer = `${path} ${status}`
      answers.set(answer, (answers.get(answer) ?? 0) + 1)
      if (status !== 200) failures++
      await Bun.sleep(PAUSE_MS)
    }
  }
  const visiting = Promise.all(paths.map(visit))
  return {
    answers,
    get failures() {
      return failures
    },
    async [Symbol.asyncDispose]() {
      open = false
      await visiting
    },
  }
}

async function statusOf(url: string, token: string): Promise<number> {
  try {
    const response = await fetch(url, {
      headers: { authorization: `Bearer ${token}` },
      signal: AbortSignal.timeout(10_000),
    })
    await response.arrayBuffer()
    return response.status
  } catch {
    return 0
  }
}
