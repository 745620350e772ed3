/**
 * One cycle for each group of nodes that reach each other, as the nodes on it, starting at the
 * smallest. Tarjan's algorithm finds the groups.
 */
export function cyclesOf(graph: ReadonlyMap<string, readonly string[]>): string[][] {
  return groupsOf(graph)
    .map((group) => shortestCycle(graph, group))
    .filter((cycle) => cycle.length > 0)
}

function groupsOf(graph: ReadonlyMap<string, readonly string[]>): string[][] {
  const groups: string[][] = []
  const order = new Map<string, number>()
  const low = new Map<string, number>()
  const open: string[] = []

  const visit = (node: string): void => {
    order.set(node, order.size)
    low.set(node, order.get(node)!)
    open.push(node)
    for (const next of graph.get(node) ?? []) {
      if (!order.has(next)) visit(next)
      if (open.includes(next)) low.set(node, Math.min(low.get(node)!, low.get(next)!))
    }
    if (low.get(node) === order.get(node)) groups.push(open.splice(open.indexOf(node)))
  }
  for (const node of graph.keys()) if (!order.has(node)) visit(node)
  return groups
}

/** The shortest way from the group's smallest node back to it, breadth first; empty if there is none. */
function shortestCycle(
  graph: ReadonlyMap<string, readonly string[]>,
  group: readonly string[],
): string[] {
  const start = [...group].sort()[0]!
  const ways: string[][] = [[start]]
  const seen = new Set<string>()
  for (const way of ways) {
    for (const next of graph.get(way.at(-1)!) ?? []) {
      if (next === start) return way
      if (!group.includes(next) || seen.has(next)) continue
      seen.add(next)
      ways.push([...way, next])
    }
  }
  return []
}
