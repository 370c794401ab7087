/** One group in another. */
export interface Edge {
  childId: string;
  parentId: string;
  parentName: string;
}

interface Named {
  id: string;
  name: string;
}

/** The shortest path from the group `to` down to `from`, both included. Null when `to` does not contain `from`. */
export function pathUp(edges: readonly Edge[], from: Named, to: string): Named[] | null {
  const parents = Map.groupBy(edges, ({ childId }) => childId);
  let ways: Named[][] = [[from]];
  const seen = new Set([from.id]);
  while (ways.length > 0) {
    const found = ways.find(([top]) => top!.id === to);
    if (found) return found;
    ways = ways.flatMap((way) =>
      (parents.get(way[0]!.id) ?? []).flatMap(({ parentId, parentName }) => {
        if (seen.has(parentId)) return [];
        seen.add(parentId);
        return [[{ id: parentId, name: parentName }, ...way]];
      }),
    );
  }
  return null;
}
