import { z } from "zod";
import { type AuditAction, recordAudits } from "#lib/audit/index.ts";
import { type UserActor } from "#lib/authz/actor.ts";
import { Prisma, rows, transaction, type Tx } from "#lib/db/index.ts";
import { namedPlace, PAGE_SIZE, pageByName } from "#lib/http/cursor.ts";
import { type Page } from "#lib/http/schema.ts";
import { normalizeEmail } from "#lib/sharing/values.ts";
import { demandGroup, readGroup } from "./rows.ts";
import {
  type ChangedMembersView,
  type GroupMemberView,
  type ListGroupMembersInput,
  type PeopleInput,
} from "./schema.ts";

const memberRow = z.object({
  id: z.string(),
  name: z.string(),
  email: z.string(),
  isSuspended: z.boolean(),
  addedAt: z.date(),
});
const idRow = z.object({ id: z.string() });

/** The direct members of a group by name; `q` is part of name or address. For members of its workspace. */
export function listMembers(
  actor: UserActor,
  groupId: string,
  { q = "", cursor }: ListGroupMembersInput,
): Promise<Page<GroupMemberView>> {
  const after = namedPlace(cursor);
  return transaction(actor, async (tx) => {
    await readGroup(tx, groupId);
    const found = await rows(
      tx,
      memberRow,
      Prisma.sql`
      SELECT u.id, u.name, u.email, u.suspended_at IS NOT NULL AS "isSuspended", m.created_at AS "addedAt"
        FROM group_memberships m JOIN users u ON u.id = m.user_id
       WHERE m.group_id = ${groupId}::uuid
         AND (${q} = '' OR strpos(app.folded(u.name), app.folded(${q})) > 0 OR strpos(u.email_normalized, lower(${q})) > 0)
         AND (${after?.id ?? null}::uuid IS NULL OR (lower(u.name), u.id) > (lower(${after?.name ?? null}), ${after?.id ?? null}::uuid))
       ORDER BY lower(u.name), u.id LIMIT ${PAGE_SIZE + 1}`,
    );
    return pageByName(found, ({ addedAt, ...row }) => ({ ...row, addedAt: addedAt.toISOString() }));
  });
}

/**
 * Adds people of the workspace to a group. People who cannot be members are reported; the others are added all or none.
 * They have the group's rights from the next statement on. For workspace admins. Repeating changes nothing. Admins who
 * add themselves must not gain rights: `forbidden` (group_beyond_own, with the number of resources as `places`).
 */
export function addMembers(
  actor: UserActor,
  groupId: string,
  input: PeopleInput,
): Promise<ChangedMembersView> {
  return change(actor, groupId, input, {
    action: "group.member_added",
    refuses: (person) => (person.isExternal ? "guest" : person.isVerified ? null : "unverified"),
    // ordered by id, so that parallel calls for the same people wait for each other instead of deadlocking
    write: (tx, ids) =>
      rows(
        tx,
        idRow,
        Prisma.sql`
      INSERT INTO group_memberships (group_id, user_id)
      SELECT ${groupId}::uuid, person FROM unnest(${ids}::uuid[]) person ORDER BY person
      ON CONFLICT DO NOTHING RETURNING user_id AS id`,
      ),
  });
}

/** Removes people from a group. They lose at once what they had only through it. For workspace admins. */
export function removeMembers(
  actor: UserActor,
  groupId: string,
  input: PeopleInput,
): Promise<ChangedMembersView> {
  return change(actor, groupId, input, {
    action: "group.member_removed",
    refuses: () => null,
    write: (tx, ids) =>
      rows(
        tx,
        idRow,
        Prisma.sql`
      DELETE FROM group_memberships WHERE group_id = ${groupId}::uuid AND user_id = ANY (${ids}::uuid[]) RETURNING user_id AS id`,
      ),
  });
}

const personRow = z.object({
  id: z.string(),
  email: z.string(),
  emailNormalized: z.string(),
  isExternal: z.boolean(),
  isVerified: z.boolean(),
});
type PersonRow = z.output<typeof personRow>;

interface Change {
  action: AuditAction;
  refuses: (person: PersonRow) => "guest" | "unverified" | null;
  /** Changes the memberships and returns the changed ones. */
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
    const people = await rows(
      tx,
      personRow,
      Prisma.sql`
      SELECT id, email, email_normalized AS "emailNormalized", is_external AS "isExternal", email_verified_at IS NOT NULL AS "isVerified"
        FROM users WHERE workspace_id = (SELECT app.actor_workspace())
         AND (id = ANY (${userIds}::uuid[]) OR email_normalized = ANY (${emails.map(normalizeEmail)}))`,
    );
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
