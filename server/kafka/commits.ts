import { partitionName, type TopicPartition } from './kafka'

/** Everything of the partition before `offset` is through. */
export interface Commit extends TopicPartition {
  readonly offset: number
}

/** What the group is to be told at the next occasion, the newest of each partition. */
export interface Commits {
  add(commit: Commit): void
  take(): readonly Commit[]
  /** They did not get through; newer ones may be there by now. */
  putBack(commits: readonly Commit[]): void
  clear(): void
}

export function createCommits(): Commits {
  const waiting = new Map<string, Commit>()
  return {
    add: (commit) => void waiting.set(partitionName(commit), commit),
    take() {
      const taken = [...waiting.values()]
      waiting.clear()
      return taken
    },
    putBack(commits) {
      for (const one of commits)
        if (!waiting.has(partitionName(one))) waiting.set(partitionName(one), one)
    },
    clear: () => waiting.clear(),
  }
}
