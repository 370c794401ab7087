import { expect, it } from "vitest";
import { pathUp } from "./path.ts";

const edge = (parent: string, child: string) => ({ parentId: parent, childId: child, parentName: parent });
const find = (edges: string[], from: string, to: string) =>
  pathUp(
    edges.map((pair) => edge(pair[0]!, pair[1]!)),
    { id: from, name: from },
    to,
  )
    ?.map(({ name }) => name)
    .join("") ?? null;

it.each([
  [[], "a", "a", "a"],
  [[], "a", "b", null],
  [["ab"], "b", "a", "ab"],
  [["ab"], "a", "b", null],
  [["ab", "bc", "cd"], "d", "a", "abcd"],
  [["ab", "bd", "ac", "ce", "ed"], "d", "a", "abd"],
  [["ab", "ba"], "b", "c", null],
] as const)("finds the shortest way down: %j from %s up to %s", (edges, from, to, expected) => {
  expect(find([...edges], from, to)).toBe(expected);
});
