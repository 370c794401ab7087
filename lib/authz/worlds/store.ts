import { randomBytes, randomUUID } from "node:crypto";
import type pg from "pg";
import { begins, type WorldResource, type RoleRef, type World, WORKSPACES } from "./world.ts";

/** The ids that a world's entities have in the database, in the order of the world's lists. */
export interface Ids {
  workspaces: string[];
  people: string[];
  groups: string[];
  roles: string[];
  collections: string[];
  documents: string[];
  grants: string[];
  links: string[];
}
export interface StoredWorld {
  world: World;
  ids: Ids;
}

/** The built-in roles, whose ids migrations fix. */
const builtInIds = {
  owner: "00000000-0000-7000-8000-000000000001",
  editor: "00000000-0000-7000-8000-000000000002",
  commenter: "00000000-0000-7000-8000-000000000003",
  viewer: "00000000-0000-7000-8000-000000000004",
};

export const roleId = (ids: Ids, role: RoleRef): string =>
  "builtIn" in role ? builtInIds[role.builtIn] : ids.roles[role.custom]!;
export const resourceId = (ids: Ids, resource: WorldResource): string =>
  "collection" in resource ? ids.collections[resource.collection]! : ids.documents[resource.document]!;
const placeColumns = (ids: Ids, resource: WorldResource) =>
  "collection" in resource
    ? { collection_id: resourceId(ids, resource) }
    : { document_id: resourceId(ids, resource) };

/** One moment for all that ends later, so that none of it ends before the other. */
const LATER_MS = Date.now() + 24 * 3_600_000;
const HOUR_MS = 3_600_000;
const fresh = (items: unknown[]): string[] => items.map(() => randomUUID());

const endOf = (ends: "no" | "later" | "past"): Date | null =>
  ends === "no" ? null : new Date(ends === "later" ? LATER_MS : Date.now() - HOUR_MS);

type Row = Record<string, unknown>;

/** A grant of a world as the row it is when it is given. */
export function grantRow({ world, ids }: StoredWorld, index: number): Row {
  const { to, on, role, ends } = world.grants[index]!;
  return {
    id: ids.grants[index],
    user_id: "person" in to ? ids.people[to.person] : null,
    group_id: "group" in to ? ids.groups[to.group] : null,
    ...placeColumns(ids, on),
    role_id: roleId(ids, role),
    expires_at: endOf(ends),
  };
}

/** A link of a world as the row it is when it is made. */
export function linkRow({ world, ids }: StoredWorld, index: number): Row {
  const { on, role, ends } = world.links[index]!;
  return {
    id: ids.links[index],
    ...placeColumns(ids, on),
    role_id: builtInIds[role],
    token_hash: `\\x${randomBytes(32).toString("hex")}`,
    token_sealed: "\\x00",
    expires_at: endOf(ends),
  };
}

/** The tables of a world with the columns that are set, in an order in which they can be filled. */
const tables = {
  workspaces: "id uuid, name text",
  users: `id uuid, workspace_id uuid, workspace_role text, email text, email_normalized text, name text,
    email_verified_at timestamptz, is_system_admin boolean, is_external boolean, suspended_at timestamptz`,
  groups: "id uuid, workspace_id uuid, name text, deleted_at timestamptz",
  group_nestings: "parent_id uuid, child_id uuid",
  group_memberships: "group_id uuid, user_id uuid",
  roles: "id uuid, workspace_id uuid, name text, mask integer",
  collections:
    "id uuid, workspace_id uuid, owner_id uuid, name text, visibility text, deleted_at timestamptz",
  objects: "id uuid, owner_id uuid, key text, state text",
  blobs: "id uuid, owner_id uuid, sha256 bytea, size_bytes bigint, object_id uuid, refs integer",
  documents: `id uuid, collection_id uuid, owner_id uuid, name text, content_type text, size_bytes bigint, sha256 bytea,
    status text, blob_id uuid, access_mode text, deleted_at timestamptz`,
  permissions: `id uuid, user_id uuid, group_id uuid, subject_workspace_id uuid, is_everyone boolean, collection_id uuid,
    document_id uuid, role_id uuid, expires_at timestamptz, deleted_at timestamptz, opened_at timestamptz`,
  public_links: `id uuid, collection_id uuid, document_id uuid, role_id uuid, token_hash bytea, token_sealed bytea,
    expires_at timestamptz, revoked_at timestamptz`,
  invitations: `id uuid, email text, email_normalized text, collection_id uuid, document_id uuid, role_id uuid,
    accepted_at timestamptz, deleted_at timestamptz`,
};
type Rows = Record<keyof typeof tables, Row[]>;

/** The rows of a world as it is when the storm begins. */
function rowsOf(stored: StoredWorld): Rows {
  const { world, ids } = stored;
  const now = new Date();
  const when = (is: boolean) => (is ? now : null);
  const rows: Rows = {
    workspaces: ids.workspaces.map((id) => ({ id, name: "World" })),
    users: world.people.map((person, index) => {
      const id = ids.people[index]!;
      const isGuest = begins(person.isGuest);
      return {
        id,
        workspace_id: ids.workspaces[person.workspace],
        workspace_role: isGuest ? "guest" : person.isAdmin ? "admin" : "member",
        email: `${id}@example.org`,
        email_normalized: `${id}@example.org`,
        name: `Person ${index}`,
        email_verified_at: now,
        is_system_admin: person.isSystemAdmin,
        is_external: isGuest,
        suspended_at: when(begins(person.isSuspended)),
      };
    }),
    groups: world.groups.map(({ workspace, isDeleted, namedAfter }, index) => ({
      id: ids.groups[index],
      workspace_id: ids.workspaces[workspace],
      name: `Group ${namedAfter ?? index}`,
      deleted_at: when(begins(isDeleted)),
    })),
    group_nestings: world.nestings
      .filter(({ exists }) => begins(exists))
      .map(({ child, parent }) => ({ parent_id: ids.groups[parent], child_id: ids.groups[child] })),
    group_memberships: world.memberships
      .filter(({ exists }) => begins(exists))
      .map(({ group, person }) => ({ group_id: ids.groups[group], user_id: ids.people[person] })),
    roles: world.roles.map(({ workspace, mask }, index) => ({
      id: ids.roles[index],
      workspace_id: ids.workspaces[workspace],
      name: `Role ${index}`,
      mask,
    })),
    collections: world.collections.map(({ workspace, owner, visibility, isTrashed }, index) => ({
      id: ids.collections[index],
      workspace_id: ids.workspaces[workspace],
      owner_id: ids.people[owner],
      name: `Collection ${index}`,
      visibility,
      deleted_at: when(isTrashed),
    })),
    objects: [],
    blobs: [],
    documents: [],
    permissions: [],
    public_links: world.links
      .map((link, index) => ({ link, row: linkRow(stored, index) }))
      .filter(({ link }) => link.isLive !== "during")
      .map(({ link, row }) => ({ ...row, revoked_at: when(link.isLive === "never") })),
    invitations: world.invitations.map(({ person, on, role, state }) => {
      const email = `${person === null ? randomUUID() : ids.people[person]}@example.org`;
      return {
        id: randomUUID(),
        email,
        email_normalized: email,
        ...placeColumns(ids, on),
        role_id: roleId(ids, role),
        accepted_at: when(state === "accepted"),
        deleted_at: when(state === "withdrawn"),
      };
    }),
  };

  world.documents.forEach(({ collection, owner, oldMode, status, isTrashed }, index) => {
    const owner_id = ids.people[owner];
    const [object, blob] = [randomUUID(), randomUUID()];
    const sha256 = `\\x${(object + blob).replaceAll("-", "")}`;
    if (status !== "pending") {
      rows.objects.push({ id: object, owner_id, key: object, state: "stored" });
      rows.blobs.push({ id: blob, owner_id, sha256, size_bytes: 1, object_id: object, refs: 1 });
    }
    rows.documents.push({
      id: ids.documents[index],
      collection_id: ids.collections[collection],
      owner_id,
      name: `Document ${index}`,
      content_type: "text/plain",
      size_bytes: 1,
      sha256,
      status,
      blob_id: status === "pending" ? null : blob,
      access_mode: oldMode,
      deleted_at: when(isTrashed),
    });
  });

  const given = { is_everyone: false, opened_at: now };
  world.collections.forEach(({ workspace, owner, visibility }, index) => {
    const collection_id = ids.collections[index];
    const viewer = { id: randomUUID(), collection_id, role_id: builtInIds.viewer };
    rows.permissions.push({
      ...given,
      id: randomUUID(),
      user_id: ids.people[owner],
      collection_id,
      role_id: builtInIds.owner,
    });
    if (visibility === "public") rows.permissions.push({ ...viewer, is_everyone: true });
    if (visibility === "workspace")
      rows.permissions.push({
        ...viewer,
        is_everyone: false,
        subject_workspace_id: ids.workspaces[workspace],
      });
  });
  world.grants.forEach(({ isLive }, index) => {
    if (isLive !== "during")
      rows.permissions.push({ ...given, ...grantRow(stored, index), deleted_at: when(isLive === "never") });
  });
  return rows;
}

/** Puts worlds into the database as they are when their storms begin: one statement for each table, past all policies. */
export async function storeWorlds(owner: pg.ClientBase, worlds: World[]): Promise<StoredWorld[]> {
  const stored = worlds.map((world) => ({
    world,
    ids: {
      workspaces: fresh(Array.from({ length: WORKSPACES })),
      people: fresh(world.people),
      groups: fresh(world.groups),
      roles: fresh(world.roles),
      collections: fresh(world.collections),
      documents: fresh(world.documents),
      grants: fresh(world.grants),
      links: fresh(world.links),
    },
  }));
  const all = stored.map(rowsOf);
  for (const [table, columns] of Object.entries(tables) as [keyof typeof tables, string][]) {
    const names = columns.split(",").map((column) => column.trim().split(" ")[0]);
    await owner.query(
      `INSERT INTO ${table} (${names.join(", ")}) SELECT * FROM jsonb_to_recordset($1) AS given (${columns})`,
      [JSON.stringify(all.flatMap((rows) => rows[table]))],
    );
  }
  return stored;
}

/** Takes all worlds away again; what migrations put there stays. */
export async function clearWorlds(owner: pg.ClientBase): Promise<void> {
  await owner.query(`TRUNCATE users, groups, collections, documents, objects CASCADE`);
  await owner.query("DELETE FROM user_principals WHERE user_id <> '00000000-0000-0000-0000-000000000001'");
  await owner.query("DELETE FROM roles WHERE workspace_id IS NOT NULL");
  await owner.query("DELETE FROM workspaces");
}
