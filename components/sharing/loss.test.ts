import { describe, expect, it } from "vitest";
import type { Permission } from "#lib/authz/permissions.ts";
import type { SimulationView } from "#lib/sharing/access-schema.ts";
import { lossOf, needsAsking } from "./loss.ts";

const person = (lost: Permission[], kept: Permission[] = []): SimulationView["people"][number] => ({
  person: { id: null, name: null, email: "a@example.org", isGuest: false, isPending: true, isYou: false },
  lost,
  kept,
});
const simulation = (...people: SimulationView["people"]): SimulationView => ({
  people,
  isComplete: true,
  everyone: [],
});
const team = (memberCount: number) => ({ group: { id: "g", name: "Team", memberCount } });
const one = { group: null };

describe("removing", () => {
  it("one person who loses everything needs no question", () => {
    const loss = lossOf(simulation(person(["view_documents"])), one);
    expect(loss).toMatchObject({ closedOut: 1, weakened: 0, unchanged: 0, isStillIn: false });
    expect(needsAsking(loss)).toBe(false);
  });

  it("one person who keeps everything by another way does", () => {
    const loss = lossOf(simulation(), one);
    expect(loss).toMatchObject({ closedOut: 0, unchanged: 1, isStillIn: true });
    expect(needsAsking(loss)).toBe(true);
  });

  it("one who can do less but still gets in is told", () => {
    const loss = lossOf(simulation(person(["edit_documents"], ["view_documents"])), one);
    expect(loss).toMatchObject({ closedOut: 0, weakened: 1, unchanged: 0, isStillIn: true });
    expect(needsAsking(loss)).toBe(true);
  });

  it("a group asks from the second person on, or when somebody keeps access", () => {
    const two = lossOf(simulation(person(["view_documents"]), person(["view_documents"])), team(2));
    expect([two.closedOut, needsAsking(two)]).toEqual([2, true]);
    const kept = lossOf(simulation(person(["view_documents"])), team(3));
    expect([kept.unchanged, needsAsking(kept)]).toEqual([2, true]);
    expect(needsAsking(lossOf(simulation(person(["view_documents"])), team(1)))).toBe(false);
    expect(needsAsking(lossOf(simulation(), team(0)))).toBe(false);
  });
});

describe("giving a lesser role", () => {
  it("takes away what the new role does not hold", () => {
    const all: Permission[] = ["view_documents", "edit_documents"];
    const loss = lossOf(simulation(person(all), person(all)), team(2), ["view_documents"]);
    expect(loss).toMatchObject({ closedOut: 0, weakened: 2, unchanged: 0, isStillIn: false });
    expect(needsAsking(loss)).toBe(true);
  });

  it("of one person needs no question, unless they keep it all", () => {
    const all: Permission[] = ["view_documents", "edit_documents"];
    expect(needsAsking(lossOf(simulation(person(all)), one, ["view_documents"]))).toBe(false);
    expect(needsAsking(lossOf(simulation(person(["view_documents"])), one, ["view_documents"]))).toBe(true);
  });
});
