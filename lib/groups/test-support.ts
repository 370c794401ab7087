import { randomBytes } from "node:crypto";
import { asOwner, makePerson, type Person } from "#prisma/factories.ts";
import { everyonePrincipalId as EVERYONE } from "#lib/authz/actor.ts";
import { type AppError } from "#lib/errors/index.ts";
import { createGroup } from "./index.ts";

export const word = () => randomBytes(4).toString("hex");
export const pick = <Item>(items: readonly Item[]): Item => items[Math.floor(Math.random() * items.length)]!;

/** An admin with a workspace of their own, and ways to fill it. */
export async function makeWorkspace() {
  const admin = await makePerson({ role: "admin" });
  const { workspaceId } = admin;
  return {
    admin,
    member: (options: Parameters<typeof makePerson>[0] = {}) => makePerson({ ...options, workspaceId }),
    guest: () => makePerson({ role: "guest", workspaceId }),
    group: (name = `Group ${word()}`) => createGroup(admin, { name, description: "" }),
  };
}

/** "ok", or code and reason of a refusal. */
export const outcome = (promise: Promise<unknown>) =>
  promise.then(
    () => "ok",
    (error: AppError) => `${error.code}:${error.reason ?? ""}`,
  );

export const principalsOf = async (person: Person | { id: string }): Promise<string[]> =>
  (
    await asOwner<{ id: string }>("SELECT principal_id AS id FROM user_principals WHERE user_id = $1", [
      person.id,
    ])
  ).map(({ id }) => id);

interface Tables {
  users: { id: string; workspace_id: string; is_external: boolean; suspended_at: string | null }[];
  groups: { id: string; workspace_id: string; deleted_at: string | null }[];
  memberships: { group_id: string; user_id: string }[];
  nestings: { parent_id: string; child_id: string }[];
  principals: { user_id: string; principal_id: string }[];
}

/**
 * The rows that `user_principals` lacks and those that it has too many, found without the triggers' code. Checks the
 * whole database.
 */
export async function compareWithTruth() {
  const all = (table: string) => `(SELECT coalesce(json_agg(t), '[]') FROM ${table} t)`;
  const [tables] = await asOwner<Tables>(
    `SELECT ${all("users")} AS users, ${all("groups")} AS groups, ${all("group_memberships")} AS memberships,
      ${all("group_nestings")} AS nestings, ${all("user_principals")} AS principals`,
  );
  const { users, groups, memberships, nestings, principals } = tables!;
  const live = new Map(groups.filter((group) => !group.deleted_at).map((group) => [group.id, group]));
  // anonymous callers act as everyone and nobody else
  const wanted = new Set([`${EVERYONE} ${EVERYONE}`]);
  for (const user of users.filter(({ suspended_at }) => !suspended_at)) {
    const held = new Set([user.id, EVERYONE, ...(user.is_external ? [] : [user.workspace_id])]);
    const climb = (groupId: string) => {
      if (!live.has(groupId) || held.has(groupId)) return;
      held.add(groupId);
      for (const { child_id, parent_id } of nestings) if (child_id === groupId) climb(parent_id);
    };
    for (const { user_id, group_id } of memberships)
      if (user_id === user.id && live.get(group_id)?.workspace_id === user.workspace_id) climb(group_id);
    for (const id of held) wanted.add(`${user.id} ${id}`);
  }
  const stored = new Set(principals.map(({ user_id, principal_id }) => `${user_id} ${principal_id}`));
  return {
    size: wanted.size,
    missing: [...wanted].filter((pair) => !stored.has(pair)),
    extra: [...stored].filter((pair) => !wanted.has(pair)),
  };
}
