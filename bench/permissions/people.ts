import type { Client } from "pg";
import type { UserActor } from "#lib/authz/actor.ts";
import { LEVELS } from "./seed.ts";

/** The people whose reading and sharing is measured. */
export interface People {
  /** Sees a hundredth of all collections, through five levels of groups. */
  nested: UserActor;
  /** Sees a tenth of all collections and a hundred single documents, by grants of their own. */
  direct: UserActor;
  /** Sees half of all collections, which are open to the workspace. */
  colleague: UserActor;
  /** An external person who sees three documents. */
  guest: UserActor;
  /** Sees the same few resources in a world of any size, by grants of their own and through groups. */
  ordinary: UserActor;
  /** Owns the collections that are shared and unshared. */
  manager: UserActor;
}

/** Collections of `manager`, and how many people each is shared with before anything is measured. */
export const SHARED_COLLECTIONS = 40;
const COLLABORATORS = 10;
const ORDINARY_COLLECTIONS = 20;

export async function addPeople(client: Client, collections: number): Promise<People> {
  const one = async (text: string, values: unknown[] = []) =>
    (await client.query<{ id: string }>(text, values)).rows[0]!.id;
  const workspace = (name: string) => one("INSERT INTO workspaces (name) VALUES ($1) RETURNING id", [name]);
  const [home, open] = [await workspace("Home"), await workspace("Open")];
  const person = async (name: string, workspaceId: string, isExternal = false): Promise<UserActor> => {
    const id = await one(
      `INSERT INTO users (workspace_id, workspace_role, email, email_normalized, name, email_verified_at, is_external)
       VALUES ($2, $3, $1 || '@example.org', $1 || '@example.org', $1, now(), $4) RETURNING id`,
      [name, workspaceId, isExternal ? "guest" : "member", isExternal],
    );
    return { kind: "user", id };
  };
  const people: People = {
    nested: await person("nested", home),
    direct: await person("direct", home),
    colleague: await person("colleague", open),
    guest: await person("guest", home, true),
    ordinary: await person("ordinary", home),
    manager: await person("manager", home),
  };
  const groups = {
    nested: await chain(client, home, people.nested),
    ordinary: await chain(client, home, people.ordinary),
  };

  const give = (subject: string, column: string, from: string, values: unknown[]) =>
    client.query(
      `INSERT INTO permissions (${subject.split(" ")[0]}, ${column}, role_id, opened_at)
       SELECT ${subject.split(" ")[1]}, t.id, r.id, now() FROM ${from} AND r.name = 'viewer' AND r.workspace_id IS NULL ON CONFLICT DO NOTHING`,
      values,
    );
  const levelOf = (step: number) => `($1::uuid[])[1 + t.n / ${step} % ${LEVELS}]`;
  const whole =
    "(SELECT d.* FROM d JOIN documents x ON x.id = d.id WHERE x.access_mode = 'collection' AND x.deleted_at IS NULL) t";
  await give(
    `group_id ${levelOf(100).replaceAll(" ", "")}`,
    "collection_id",
    "c t, roles r WHERE t.n % 100 = 7",
    [groups.nested],
  );
  await give("user_id $1::uuid", "collection_id", "c t, roles r WHERE t.n % 10 = 3", [people.direct.id]);
  await give(
    "user_id $1::uuid",
    "document_id",
    `${whole}, roles r WHERE t.n % ${Math.ceil((collections * 50) / 100)} = 41`,
    [people.direct.id],
  );
  await client.query(
    "UPDATE collections SET workspace_id = $1, visibility = 'workspace' FROM c WHERE c.id = collections.id AND c.n % 2 = 0",
    [open],
  );
  await give("subject_workspace_id $1::uuid", "collection_id", "c t, roles r WHERE t.n % 2 = 0", [open]);
  await give(
    "user_id $1::uuid",
    "document_id",
    `(SELECT t.* FROM ${whole} WHERE t.collection = 9 ORDER BY t.n LIMIT 3) t, roles r WHERE true`,
    [people.guest.id],
  );
  const step = collections / ORDINARY_COLLECTIONS;
  await give(
    "user_id $1::uuid",
    "collection_id",
    `c t, roles r WHERE t.n % ${step} = 1 AND t.n / ${step} % 2 = 0`,
    [people.ordinary.id],
  );
  await give(
    `group_id ${levelOf(step * 2).replaceAll(" ", "")}`,
    "collection_id",
    `c t, roles r WHERE t.n % ${step} = 1 AND t.n / ${step} % 2 = 1`,
    [groups.ordinary],
  );

  await client.query(
    `WITH made AS (
       INSERT INTO collections (workspace_id, owner_id, name) SELECT $1, $2, 'Shared ' || n FROM generate_series(1, ${SHARED_COLLECTIONS}) n RETURNING id
     ), owned AS (
       INSERT INTO permissions (user_id, collection_id, role_id, opened_at) SELECT $2, made.id, r.id, now() FROM made, roles r WHERE r.name = 'owner' AND r.workspace_id IS NULL
     )
     INSERT INTO permissions (user_id, collection_id, role_id, granted_by_id)
       SELECT u.id, made.id, r.id, $2 FROM made, roles r, u WHERE r.name = 'viewer' AND r.workspace_id IS NULL AND u.n < ${COLLABORATORS}`,
    [home, people.manager.id],
  );
  return people;
}

/** A chain of nested groups, outermost first, with the person in the innermost. */
async function chain(client: Client, workspaceId: string, member: UserActor): Promise<string[]> {
  const { rows } = await client.query<{ id: string }>(
    "INSERT INTO groups (workspace_id, name) SELECT $1, $2 || n FROM generate_series(1, $3) n RETURNING id",
    [workspaceId, member.id, LEVELS],
  );
  const ids = rows.map(({ id }) => id);
  await client.query(
    "INSERT INTO group_nestings (parent_id, child_id) SELECT ($1::uuid[])[n], ($1::uuid[])[n + 1] FROM generate_series(1, $2 - 1) n",
    [ids, LEVELS],
  );
  await client.query("INSERT INTO group_memberships (group_id, user_id) VALUES ($1, $2)", [
    ids.at(-1),
    member.id,
  ]);
  return ids;
}
