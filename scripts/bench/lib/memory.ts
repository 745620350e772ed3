/** Collections in a row, with turns between them in which finalizers run. */
const ROUNDS = 6
const PAUSE_MS = 100

/** Resident bytes of this process once all garbage is collected: the least of several readings. */
export async function collectedRss(): Promise<number> {
  let least = Number.POSITIVE_INFINITY
  for (let round = 0; round < ROUNDS; round++) {
    Bun.gc(true)
    await Bun.sleep(PAUSE_MS)
    least = Math.min(least, process.memoryUsage.rss())
  }
  return least
}
