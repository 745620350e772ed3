/** A queue that is waited on, always with a deadline. */
export interface Queue<Item> {
  put(item: Item): void
  /** The oldest item not taken yet; rejects after `deadlineMs`. */
  next(deadlineMs?: number): Promise<Item>
  readonly size: number
}

export function createQueue<Item>(name: string): Queue<Item> {
  const items: Item[] = []
  const takers: ((item: Item) => void)[] = []
  return {
    put(item) {
      const taker = takers.shift()
      if (taker) taker(item)
      else items.push(item)
    },
    next(deadlineMs = 5_000) {
      if (items.length > 0) return Promise.resolve(items.shift()!)
      return new Promise((resolve, reject) => {
        const taker = (item: Item) => {
          clearTimeout(timer)
          resolve(item)
        }
        const timer = setTimeout(() => {
          takers.splice(takers.indexOf(taker), 1)
          reject(new Error(`Nothing came on "${name}" within ${deadlineMs} ms.`))
        }, deadlineMs)
        takers.push(taker)
      })
    },
    get size() {
      return items.length
    },
  }
}
