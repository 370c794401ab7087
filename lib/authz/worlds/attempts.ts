import type pg from "pg";
import { permissionBits } from "../permissions.ts";
import { beginAs } from "#lib/db/context.ts";
import { system } from "../actor.ts";
import {
  fromGrants,
  isInGroup,
  isSuspended,
  lasts,
  maskOfRole,
  rightsOf,
  type Until,
  workspaceOf,
} from "./model.ts";
import { roleId, type StoredWorld } from "./store.ts";
import { isRetryable } from "./storm.ts";
import { type Attempt, holds, type WorldResource, type RoleRef, type World } from "./world.ts";

/**
 * What workspace admins try at the same time, and what the model says of it: each attempt is allowed or refused as if
 * they had come in some order, one after the other.
 */

const { delete_own_documents, edit_documents, manage_permissions, view_documents } = permissionBits;

/** Where somebody was given something with a role, or waits for it, and until when. */
interface Use {
  on: WorldResource;
  until: Until;
}

/** What a grant of a role is a grant of today. */
function roleNow(world: World, role: RoleRef): RoleRef {
  const target = "custom" in role ? world.roles[role.custom]!.movesTo : null;
  return target ? roleNow(world, target) : role;
}

function usesOf(world: World, wanted: number): Use[] {
  const isOfIt = (role: RoleRef) => {
    const now = roleNow(world, role);
    return "custom" in now && now.custom === wanted;
  };
  return [
    ...world.grants
      // a deleted group never comes back, and nobody has anything by it
      .filter(({ to }) => !("group" in to) || !holds(world.groups[to.group]!.isDeleted))
      .filter((grant) => lasts(grant, "later") && isOfIt(grant.role))
      .map(({ on, ends }): Use => ({ on, until: ends === "no" ? "no" : "later" })),
    ...world.invitations
      .filter(({ state, role }) => state === "pending" && isOfIt(role))
      .map(({ on }): Use => ({ on, until: "no" })),
  ];
}

/** Nobody gives on that they may edit what only they see. */
function rightsToGive(world: World, person: number, resource: WorldResource, until: Until): number {
  const rights = rightsOf(world, { person }, resource, until);
  if ("collection" in resource) return rights;
  const { collection, owner, mode } = world.documents[resource.document]!;
  if (mode !== "private" || owner !== person) return rights;
  const others =
    rightsOf(world, { person }, { collection }, until) | fromGrants(world, person, resource, until);
  return (rights & ~edit_documents) | others;
}

function mayGive(world: World, person: number, { on, until }: Use, bits: number): boolean {
  if (!(rightsToGive(world, person, on, "later") & manage_permissions)) return false;
  return (bits & ~rightsToGive(world, person, on, until)) === 0;
}

const isAdmin = (world: World, person: number) =>
  world.people[person]!.isAdmin && !isSuspended(world, person);

/** Of what is given on a resource somebody has as much already. What is private counts by what was given on it itself. */
function holdsAlready(world: World, person: number, on: WorldResource, until: Until, mask: number): boolean {
  let held = rightsToGive(world, person, on, until);
  if ("document" in on) {
    held |= fromGrants(world, person, on, until);
    if (world.documents[on.document]!.owner === person) held |= view_documents | delete_own_documents;
  }
  return (mask & ~held) === 0;
}

/** Whether somebody who comes to act as more groups than before has no more rights by it anywhere. */
function gainsNothing(before: World, after: World, person: number): boolean {
  return before.grants
    .filter((grant) => lasts(grant, "later"))
    .every(({ to, on, ends, role }) => {
      if (!("group" in to) || isInGroup(before, person, to.group) || !isInGroup(after, person, to.group))
        return true;
      return holdsAlready(before, person, on, ends === "no" ? "no" : "later", maskOfRole(before, role));
    });
}

const isGroupOf = (world: World, group: number, workspace: number) =>
  world.groups[group]!.workspace === workspace && !holds(world.groups[group]!.isDeleted);

/** The world after an attempt; null when it is refused. */
export function attempted(world: World, attempt: Attempt): World | null {
  const { by } = attempt;
  const workspace = workspaceOf(world, by);
  if (!isAdmin(world, by)) return null;
  switch (attempt.change) {
    case "role":
    case "deleted role": {
      const role = world.roles[attempt.role]!;
      if (role.workspace !== workspace || role.movesTo) return null;
      let then: Partial<typeof role>;
      let bits: number;
      if (attempt.change === "role") {
        bits = attempt.mask;
        then = { becomes: { mask: bits, when: "during" } };
      } else {
        const { movesTo } = attempt;
        if ("custom" in movesTo) {
          const target = world.roles[movesTo.custom]!;
          if (target === role || target.workspace !== workspace || target.movesTo) return null;
        }
        bits = maskOfRole(world, movesTo);
        then = { movesTo };
      }
      const added = bits & ~maskOfRole(world, { custom: attempt.role });
      if (added !== 0 && !usesOf(world, attempt.role).every((use) => mayGive(world, by, use, added)))
        return null;
      return {
        ...world,
        roles: world.roles.map((other) => (other === role ? { ...role, ...then } : other)),
      };
    }
    case "membership": {
      const { group, person } = attempt;
      const isColleague = workspaceOf(world, person) === workspace && !holds(world.people[person]!.isGuest);
      if (!isGroupOf(world, group, workspace) || !isColleague) return null;
      const memberships = [...world.memberships, { group, person, exists: "before" as const }];
      const after = { ...world, memberships };
      return gainsNothing(world, after, by) ? after : null;
    }
    case "nesting": {
      const { child, parent } = attempt;
      if (!isGroupOf(world, child, workspace) || !isGroupOf(world, parent, workspace)) return null;
      const after = { ...world, nestings: [...world.nestings, { child, parent, exists: "before" as const }] };
      return gainsNothing(world, after, by) ? after : null;
    }
  }
}

function statementOf({ ids }: StoredWorld, attempt: Attempt): [sql: string, values: unknown[]] {
  switch (attempt.change) {
    case "role":
      return ["SELECT app.change_role($1, NULL, NULL, $2)", [ids.roles[attempt.role], attempt.mask]];
    case "deleted role":
      return ["SELECT app.delete_role($1, $2)", [ids.roles[attempt.role], roleId(ids, attempt.movesTo)]];
    case "membership":
      return [
        "INSERT INTO group_memberships (group_id, user_id) VALUES ($1, $2) ON CONFLICT DO NOTHING",
        [ids.groups[attempt.group], ids.people[attempt.person]],
      ];
    case "nesting":
      return [
        "INSERT INTO group_nestings (parent_id, child_id) VALUES ($1, $2) ON CONFLICT DO NOTHING",
        [ids.groups[attempt.parent], ids.groups[attempt.child]],
      ];
  }
}

/** "done", or why the database refused. Anything but a refusal is thrown. */
async function outcomeOf(client: pg.ClientBase, stored: StoredWorld, attempt: Attempt): Promise<string> {
  const [sql, values] = statementOf(stored, attempt);
  for (let turn = 1; ; turn++) {
    try {
      await client.query(beginAs({ kind: "user", id: stored.ids.people[attempt.by]! }));
      await client.query(sql, values);
      await client.query("COMMIT");
      return "done";
    } catch (error) {
      await client.query("ROLLBACK");
      if (turn < 10 && isRetryable(error)) continue;
      const { code, detail = "policy" } = error as pg.DatabaseError;
      if (["SH002", "SH003", "42501"].includes(code!)) return detail;
      throw new Error(`${sql} failed`, { cause: error });
    }
  }
}

const orders = <Item>(items: Item[]): Item[][] =>
  items.length < 2
    ? [items]
    : items.flatMap((first, at) => orders(items.toSpliced(at, 1)).map((rest) => [first, ...rest]));

/** The masks of a world's roles. Of changes that were all done the last one counts, and only the database knows which that was. */
async function roleMasks(client: pg.ClientBase, { ids }: StoredWorld): Promise<(number | undefined)[]> {
  await client.query(beginAs(system));
  const { rows } = await client.query<{ id: string; mask: number }>(
    "SELECT id, mask FROM roles WHERE id = ANY ($1)",
    [ids.roles],
  );
  await client.query("COMMIT");
  return ids.roles.map((role) => rows.find(({ id }) => id === role)?.mask);
}

/** The world as the attempts leave it in the first order in which the model gives these answers and masks; null when there is none. */
function explained(
  world: World,
  answers: { attempt: Attempt; isDone: boolean }[],
  masks: (number | undefined)[],
): World | null {
  for (const order of orders(answers)) {
    let now: World | null = world;
    for (const { attempt, isDone } of order) {
      const after: World | null = attempted(now, attempt);
      if ((after !== null) !== isDone) {
        now = null;
        break;
      }
      now = after ?? now;
    }
    const end = now;
    if (end?.roles.every(({ movesTo }, custom) => movesTo || maskOfRole(end, { custom }) === masks[custom]))
      return end;
  }
  return null;
}

export interface Attempts {
  worlds: StoredWorld[];
  /** How many were done, and how many refused with which reason. */
  outcomes: Record<string, number>;
  /** Worlds, by their position, whose attempts came to what no order of them explains. */
  unexplained: { world: number; text: string }[];
}

/** Lets everything be tried in all worlds: what belongs to one world at the same time, each as `sheaf_app`. */
export async function attemptAll(clients: pg.ClientBase[], worlds: StoredWorld[]): Promise<Attempts> {
  const done: Attempts = { worlds: [], outcomes: {}, unexplained: [] };
  for (const [index, stored] of worlds.entries()) {
    const answers = await Promise.all(
      stored.world.attempts.map(async (attempt, at) => {
        const outcome = await outcomeOf(clients[at]!, stored, attempt);
        done.outcomes[outcome] = (done.outcomes[outcome] ?? 0) + 1;
        return { attempt, isDone: outcome === "done" };
      }),
    );
    const world = explained(stored.world, answers, await roleMasks(clients[0]!, stored));
    if (!world)
      done.unexplained.push({
        world: index,
        text: answers
          .map(({ attempt, isDone }) => `${JSON.stringify(attempt)} ${isDone ? "done" : "refused"}`)
          .join(", "),
      });
    done.worlds.push(world ? { ...stored, world } : stored);
  }
  return done;
}
