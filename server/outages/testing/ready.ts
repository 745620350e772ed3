const DEADLINE_MS = 30_000

/** Resolves once the server at `url` has a place in the log: before, it has no snapshot to go on from. */
export async function followsLog(url: string): Promise<void> {
  const deadline = performance.now() + DEADLINE_MS
  for (;;) {
    const ready = await fetch(`${url}/health/ready`)
    const { position } = (await ready.json()) as { position: string | null }
    if (position !== null) return
    if (performance.now() > deadline) throw new Error(`${url} does not follow the log`)
    await Bun.sleep(20)
  }
}
