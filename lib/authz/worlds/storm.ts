import type pg from "pg";
import { system } from "../actor.ts";
import { beginAs } from "#lib/db/context.ts";
import { grantRow, linkRow, roleId, type StoredWorld } from "./store.ts";
import { type Change } from "./world.ts";

/** One change of one thing, in a transaction of its own. */
interface Step {
  sql: string;
  values: unknown[];
  /** Whom it is made as; without one it is the system. */
  actorId?: string;
}

/** What happened to roles before the storm, when they had grants already. */
function stepsBefore({ world, ids }: StoredWorld): Step[] {
  const steps: Step[] = [];
  world.roles.forEach(({ becomes, movesTo }, index) => {
    const id = ids.roles[index];
    if (becomes?.when === "before")
      steps.push({ sql: "UPDATE roles SET mask = $2 WHERE id = $1", values: [id, becomes.mask] });
    // as app.delete_role leaves it, whoever might do that
    if (movesTo)
      steps.push({
        sql: `WITH moved AS (UPDATE permissions SET role_id = $2 WHERE role_id = $1 AND deleted_at IS NULL),
          waiting AS (UPDATE invitations SET role_id = $2 WHERE role_id = $1 AND deleted_at IS NULL AND accepted_at IS NULL)
          UPDATE roles SET deleted_at = now() WHERE id = $1`,
        values: [id, roleId(ids, movesTo)],
      });
  });
  return steps;
}

/** Everything that changes during the storm: in any order it ends in the same world. */
function stepsDuring(stored: StoredWorld): Step[] {
  const { world, ids } = stored;
  const steps: Step[] = [];
  const step = (sql: string, values: unknown[], actorId?: string) =>
    steps.push({ sql, values, ...(actorId && { actorId }) });
  /** One statement where it becomes true, another where it ceases to be. */
  const turn = (change: Change, on: string, off: string, values: unknown[]) => {
    if (change === "during") step(on, values);
    if (change === "undone") step(off, values);
  };

  world.people.forEach(({ isSuspended, isGuest, movesTo }, index) => {
    const id = ids.people[index]!;
    turn(
      isSuspended,
      "UPDATE users SET suspended_at = now() WHERE id = $1",
      "UPDATE users SET suspended_at = NULL WHERE id = $1",
      [id],
    );
    turn(
      isGuest,
      "UPDATE users SET is_external = true, workspace_role = 'guest' WHERE id = $1",
      "UPDATE users SET is_external = false, workspace_role = 'member' WHERE id = $1",
      [id],
    );
    if (movesTo !== null)
      step("UPDATE users SET workspace_id = $2 WHERE id = $1", [id, ids.workspaces[movesTo]]);
  });
  world.memberships.forEach(({ group, person, exists }) =>
    turn(
      exists,
      "INSERT INTO group_memberships (group_id, user_id) VALUES ($1, $2)",
      "DELETE FROM group_memberships WHERE group_id = $1 AND user_id = $2",
      [ids.groups[group], ids.people[person]],
    ),
  );
  world.nestings.forEach(({ child, parent, exists }) =>
    turn(
      exists,
      "INSERT INTO group_nestings (parent_id, child_id) VALUES ($1, $2)",
      "DELETE FROM group_nestings WHERE parent_id = $1 AND child_id = $2",
      [ids.groups[parent], ids.groups[child]],
    ),
  );
  world.groups.forEach(({ isDeleted, workspace }, index) => {
    if (isDeleted === "during")
      step("SELECT app.delete_group($1)", [ids.groups[index]], ids.people[workspace]!);
  });
  world.roles.forEach(({ becomes }, index) => {
    if (becomes?.when === "during")
      step("UPDATE roles SET mask = $2 WHERE id = $1", [ids.roles[index], becomes.mask]);
  });
  world.collections.forEach(({ opensTo }, index) => {
    if (opensTo) step("SELECT app.set_visibility($1, $2, NULL)", [ids.collections[index], opensTo]);
  });
  world.collections.forEach(({ isProtected }, index) => {
    if (isProtected)
      step("UPDATE collections SET is_protected = true WHERE id = $1", [ids.collections[index]]);
  });
  world.documents.forEach(({ mode, oldMode }, index) => {
    if (mode !== oldMode)
      step("UPDATE documents SET access_mode = $2 WHERE id = $1", [ids.documents[index], mode]);
  });
  /** A row that is put there, or one that is ended. */
  const turnRow = (change: Change, table: string, ended: string, row: Record<string, unknown>) => {
    const names = Object.keys(row);
    turn(
      change,
      `INSERT INTO ${table} (${names.join(", ")}) VALUES (${names.map((_, at) => `$${at + 1}`).join(", ")})`,
      `UPDATE ${table} SET ${ended} = now() WHERE id = $1 AND ${ended} IS NULL`,
      change === "during" ? Object.values(row) : [row.id],
    );
  };
  world.grants.forEach(({ isLive }, index) =>
    turnRow(isLive, "permissions", "deleted_at", grantRow(stored, index)),
  );
  world.links.forEach(({ isLive }, index) =>
    turnRow(isLive, "public_links", "revoked_at", linkRow(stored, index)),
  );
  return steps;
}

/** Deadlocks are what the product runs again as well. */
export const isRetryable = (error: unknown) =>
  ["40P01", "40001"].includes((error as { code?: string }).code ?? "");

async function take(client: pg.ClientBase, { sql, values, actorId }: Step): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      await client.query(beginAs(actorId ? { kind: "user", id: actorId } : system));
      await client.query(sql, values);
      await client.query("COMMIT");
      return;
    } catch (error) {
      await client.query("ROLLBACK");
      if (attempt >= 10 || !isRetryable(error)) throw new Error(`${sql} failed`, { cause: error });
    }
  }
}

/** A list in another order, the same for the same seed. */
function shuffled<Item>(items: Item[], seed: number): Item[] {
  const order = items.map((item, index) => ({ item, key: Math.imul(seed + index, 0x9e3779b1) >>> 0 }));
  return order.sort((a, b) => a.key - b.key).map(({ item }) => item);
}

/**
 * Brings stored worlds to their end: all changes of a world at the same time, on as many connections as there are.
 * Returns how many there were.
 */
export async function storm(clients: pg.ClientBase[], worlds: StoredWorld[]): Promise<number> {
  const [first] = clients;
  for (const step of worlds.flatMap(stepsBefore)) await take(first!, step);
  // world after world, so that what meets is about the same people
  const steps = worlds.flatMap((stored, index) => shuffled(stepsDuring(stored), index));
  let next = 0;
  const work = async (client: pg.ClientBase) => {
    while (next < steps.length) await take(client, steps[next++]!);
  };
  await Promise.all(clients.map(work));
  return steps.length;
}
