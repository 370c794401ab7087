import { recordAudits } from "#lib/audit/index.ts";
import { type UserActor } from "#lib/authz/actor.ts";
import { transaction, type Tx } from "#lib/db/index.ts";
import { namedPlace, PAGE_SIZE, pageByName } from "#lib/http/cursor.ts";
import { type Page } from "#lib/http/schema.ts";
import { normalizeEmail } from "#lib/sharing/schema.ts";
import { demandGroup, readGroup } from "./rows.ts";
import {
  type ChangedMembersView,
  type GroupMemberView,
  type ListGroupMembersInput,
  type PeopleInput,
} from "./schema.ts";

interface MemberRow {
  id: string;
  name: string;
  email: string;
  isSuspended: boolean;
  addedAt: Date;
}

/** The people who are in a group themselves, by name, those with `q` in name or address, for the members of its workspace. */
export function listMembers(
  actor: UserActor,
  groupId: string,
  { q = "", cursor }: ListGroupMembersInput,
): Promise<Page<GroupMemberView>> {
  const after = namedPlace(cursor);
  return transaction(actor, async (tx) => {
    await readGroup(tx, groupId);
    const rows = await tx.$queryRaw<MemberRow[]>`
      SELECT u.id, u.name, u.email, u.suspended_at IS NOT NULL AS "isSuspended", m.created_at AS "addedAt"
        FROM group_memberships m JOIN users u ON u.id = m.user_id
       WHERE m.group_id = ${groupId}::uuid
         AND (${q} = '' OR strpos(lower(u.name), lower(${q})) > 0 OR strpos(u.email_normalized, lower(${q})) > 0)
         AND (${after?.id ?? null}::uuid IS NULL OR (lower(u.name), u.id) > (lower(${after?.name ?? null}), ${after?.id ?? null}::uuid))
       ORDER BY lower(u.name), u.id LIMIT ${PAGE_SIZE + 1}`;
    return pageByName(rows, ({ addedAt, ...row }) => ({ ...row, addedAt: addedAt.toISOString() }));
  });
}

/**
 * Puts people of the workspace into a group. Those who can't be are reported and the others added, all of them or none;
 * from the next statement on they have the group's rights. For workspace admins. Repeating changes nothing.
 */
export function addMembers(
  actor: UserActor,
  groupId: string,
  input: PeopleInput,
): Promise<ChangedMembersView> {
  return change(actor, groupId, input, {
    action: "group.member_added",
    refuses: (person) => (person.isExternal ? "guest" : person.isVerified ? null : "unverified"),
    // by id, as everywhere: parallel calls for the same people wait for each other instead of both failing
    write: (tx, ids) => tx.$queryRaw`
      INSERT INTO group_memberships (group_id, user_id)
      SELECT ${groupId}::uuid, person FROM unnest(${ids}::uuid[]) person ORDER BY person
      ON CONFLICT DO NOTHING RETURNING user_id AS id`,
  });
}

/** Takes people out of a group: at once they have only what they have otherwise. For workspace admins. */
export function removeMembers(
  actor: UserActor,
  groupId: string,
  input: PeopleInput,
): Promise<ChangedMembersView> {
  return change(actor, groupId, input, {
    action: "group.member_removed",
    refuses: () => null,
    write: (tx, ids) => tx.$queryRaw`
      DELETE FROM group_memberships WHERE group_id = ${groupId}::uuid AND user_id = ANY (${ids}::uuid[]) RETURNING user_id AS id`,
  });
}

interface PersonRow {
  id: string;
  email: string;
  emailNormalized: string;
  isExternal: boolean;
  isVerified: boolean;
}

interface Change {
  action: string;
  refuses: (person: PersonRow) => "guest" | "unverified" | null;
  /** Changes the memberships and answers with those that were not so before. */
  write: (tx: Tx, ids: string[]) => Promise<{ id: string }[]>;
}

function change(
  actor: UserActor,
  groupId: string,
  { userIds, emails }: PeopleInput,
  { action, refuses, write }: Change,
): Promise<ChangedMembersView> {
  return transaction(actor, async (tx) => {
    const group = await demandGroup(tx, groupId);
    const people = await tx.$queryRaw<PersonRow[]>`
      SELECT id, email, email_normalized AS "emailNormalized", is_external AS "isExternal", email_verified_at IS NOT NULL AS "isVerified"
        FROM users WHERE workspace_id = (SELECT app.actor_workspace())
         AND (id = ANY (${userIds}::uuid[]) OR email_normalized = ANY (${emails.map(normalizeEmail)}))`;
    const known = new Map(
      people.flatMap((person) => [[person.id, person] as const, [person.emailNormalized, person] as const]),
    );
    const wanted = new Map<string, PersonRow>();
    const refused: ChangedMembersView["refused"] = [];
    for (const value of new Set([...userIds, ...emails])) {
      const person = known.get(value) ?? known.get(normalizeEmail(value));
      const reason = person ? refuses(person) : "unknown";
      if (reason) refused.push({ value, reason });
      else if (person) wanted.set(person.id, person);
    }
    const changed = (await write(tx, [...wanted.keys()])).map(({ id }) => id);
    await recordAudits(
      tx,
      actor,
      changed.map((id) => ({
        action,
        resource: { type: "group", id: groupId, name: group.name },
        subject: { type: "user", id, email: wanted.get(id)!.email },
      })),
    );
    const done = new Set(changed);
    return { changed, unchanged: [...wanted.keys()].filter((id) => !done.has(id)), refused };
  });
}
