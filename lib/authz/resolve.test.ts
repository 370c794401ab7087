import { describe, expect, it } from "vitest";
import {
  grantState,
  groupChains,
  type GroupEdge,
  groupsReached,
  ownerMask,
  resolveMask,
  type GrantFact,
  type PersonFact,
} from "./resolve.ts";

const person = (extra: Partial<PersonFact> = {}): PersonFact => ({
  id: "ada",
  principals: ["ada", "team", "everyone"],
  isSuspended: false,
  ...extra,
});
const grant = (extra: Partial<GrantFact>): GrantFact => ({
  id: "g",
  resource: "collection",
  principal: "ada",
  mask: 1,
  isExpired: false,
  ...extra,
});
const document = (accessMode: "private" | "collection" | "invite" | "link", ownerId = "bob") =>
  ({ type: "document", ownerId, accessMode }) as const;

describe("resolveMask", () => {
  const grants = [
    grant({ mask: 1 }),
    grant({ principal: "team", mask: 32 }),
    grant({ resource: "document", mask: 256 }),
    grant({ principal: "others", mask: 4096 }),
    grant({ principal: "everyone", mask: 2048, isExpired: true }),
  ];
  it.each([
    [{ type: "collection" } as const, 33],
    [document("collection"), 33 | 256],
    [document("link"), 33 | 256],
    [document("invite"), 256],
    [document("private"), 0],
    [document("private", "ada"), 13 | 33 | 256],
    [document("invite", "ada"), 9 | 256],
  ])("adds up what counts: %j", (resource, mask) => {
    expect(resolveMask(resource, person(), grants)).toBe(mask);
    expect(resolveMask(resource, person({ isSuspended: true }), grants)).toBe(0);
  });
  it("knows owners by id alone: an address without an account owns nothing", () => {
    expect(ownerMask(document("private", "ada"), person({ id: null }))).toBe(0);
  });
});

describe("grantState", () => {
  it("says why a grant does not count", () => {
    expect(grantState(document("invite"), grant({}))).toBe("access_mode");
    expect(grantState(document("private"), grant({ resource: "document" }))).toBe("access_mode");
    expect(grantState(document("invite"), grant({ isExpired: true }))).toBe("expired");
    const link = grant({ resource: "document", isLink: true });
    expect(grantState(document("invite"), link)).toBe("access_mode");
    expect(grantState(document("collection"), link)).toBe("access_mode");
    expect(grantState(document("link"), link)).toBe("active");
    expect(grantState(document("link"), grant({ isLink: true }))).toBe("active");
    expect(grantState({ type: "collection" }, grant({}))).toBe("active");
  });
  it("counts all that the owner of a private document was given, and a link's for nobody", () => {
    const own = document("private", "ada");
    for (const resource of ["collection", "document"] as const) {
      expect(grantState(own, grant({ resource }), person())).toBe("active");
      expect(grantState(own, grant({ resource }), person({ id: "eve" }))).toBe("access_mode");
      expect(grantState(own, grant({ resource }), person({ isSuspended: true }))).toBe("access_mode");
      expect(grantState(own, grant({ resource, isLink: true }), person())).toBe("access_mode");
    }
  });
});

describe("groups", () => {
  const edge = (childId: string | null, parentId: string): GroupEdge => ({ childId, parentId });
  const edges = [
    edge(null, "a"),
    edge(null, "b"),
    edge("a", "top"),
    edge("b", "c"),
    edge("c", "top"),
    edge("x", "y"),
  ];
  it("reaches all that the person is in through nesting, and nothing else", () => {
    expect([...groupsReached(edges)].toSorted()).toEqual(["a", "b", "c", "top"]);
    expect([...groupsReached([])]).toEqual([]);
  });
  it("tells every way, shortest first", () => {
    expect(groupChains(edges, "top")).toEqual([
      ["a", "top"],
      ["b", "c", "top"],
    ]);
    expect(groupChains(edges, "a")).toEqual([["a"]]);
    expect(groupChains(edges, "y")).toEqual([]);
  });
  it("stays small where there are very many ways", () => {
    // twenty diamonds in a row: a million ways
    const diamonds = [edge(null, "0")];
    for (let step = 0; step < 20; step++)
      for (const side of ["l", "r"])
        diamonds.push(edge(String(step), `${side}${step}`), edge(`${side}${step}`, String(step + 1)));
    const chains = groupChains(diamonds, "20");
    expect(chains).toHaveLength(5);
    for (const chain of chains) expect([chain[0], chain.at(-1)]).toEqual(["0", "20"]);
  });
});
