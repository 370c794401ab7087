import { z } from "zod";
import { recordAudit, recordAudits } from "#lib/audit/index.ts";
import { type UserActor } from "#lib/authz/actor.ts";
import { isUniqueViolation, only, Prisma, rows, transaction } from "#lib/db/index.ts";
import { AppError } from "#lib/errors/index.ts";
import { namedPlace, PAGE_SIZE, pageByName } from "#lib/http/cursor.ts";
import {
  demandGroup,
  groupColumns,
  groupCounts,
  groupRow,
  readAbilities,
  readGroup,
  toGroupView,
} from "./rows.ts";
import {
  type CreateGroupInput,
  type GroupDetailView,
  type GroupListView,
  type GroupView,
  type ListGroupsInput,
  type UpdateGroupInput,
} from "./schema.ts";

/** The groups of the actor's workspace by name, for its members. Guests are refused (`forbidden`). */
export function listGroups(actor: UserActor, { q = "", cursor }: ListGroupsInput): Promise<GroupListView> {
  const after = namedPlace(cursor);
  return transaction(actor, async (tx) => {
    const abilities = await readAbilities(tx);
    const found = await rows(
      tx,
      groupRow,
      Prisma.sql`
      SELECT ${groupColumns} FROM (
        SELECT * FROM groups g
         WHERE g.deleted_at IS NULL AND strpos(app.folded(g.name), app.folded(${q})) > 0
           AND (${after?.id ?? null}::uuid IS NULL OR (lower(g.name), g.id) > (lower(${after?.name ?? null}), ${after?.id ?? null}::uuid))
         ORDER BY lower(g.name), g.id LIMIT ${PAGE_SIZE + 1}
      ) g, ${groupCounts} ORDER BY lower(g.name), g.id`,
    );
    return { ...pageByName(found, toGroupView), abilities };
  });
}

/** One group with its nested groups and its parents. A missing and an invisible group are refused alike (`forbidden`). */
export function getGroup(actor: UserActor, id: string): Promise<GroupDetailView> {
  return transaction(actor, async (tx) => {
    const group = await readGroup(tx, id);
    const nested = await rows(
      tx,
      groupRow,
      Prisma.sql`
      SELECT ${groupColumns} FROM group_nestings n JOIN groups g ON g.id = n.child_id, ${groupCounts}
       WHERE n.parent_id = ${id}::uuid AND g.deleted_at IS NULL ORDER BY lower(g.name), g.id`,
    );
    const parents = await rows(
      tx,
      z.object({ id: z.string(), name: z.string() }),
      Prisma.sql`
      SELECT g.id, g.name FROM group_nestings n JOIN groups g ON g.id = n.parent_id
       WHERE n.child_id = ${id}::uuid AND g.deleted_at IS NULL ORDER BY lower(g.name), g.id`,
    );
    return { ...group, nested: nested.map(toGroupView), parents, abilities: await readAbilities(tx) };
  });
}

/** Makes an empty group. For workspace admins. A taken name throws `conflict`; names are compared folded. */
export function createGroup(actor: UserActor, { name, description }: CreateGroupInput): Promise<GroupView> {
  return unlessNameTaken(() =>
    transaction(actor, async (tx) => {
      const { canEdit } = await readAbilities(tx);
      if (!canEdit)
        throw new AppError("forbidden", "Only workspace admins make groups", { reason: "workspace_admin" });
      const made = await rows(
        tx,
        z.object({ id: z.string() }),
        Prisma.sql`INSERT INTO groups (workspace_id, name, description) VALUES (app.actor_workspace(), ${name}, ${description}) RETURNING id`,
      );
      const { id } = only(made);
      await recordAudit(tx, actor, { action: "group.created", resource: { type: "group", id, name } });
      return readGroup(tx, id);
    }),
  );
}

/** Changes name or description. For workspace admins. A taken name throws `conflict`. */
export function updateGroup(actor: UserActor, id: string, input: UpdateGroupInput): Promise<GroupView> {
  return unlessNameTaken(() =>
    transaction(actor, async (tx) => {
      const before = await demandGroup(tx, id);
      const { name = before.name, description = before.description } = input;
      if (name !== before.name || description !== before.description) {
        await tx.group.update({
          where: { id },
          data: { name, description, updatedAt: new Date() },
          select: { id: true },
        });
        await recordAudit(tx, actor, {
          action: "group.updated",
          resource: { type: "group", id, name },
          metadata: { previous: before, new: { name, description } },
        });
      }
      return readGroup(tx, id);
    }),
  );
}

const endedGroup = z.object({
  name: z.string(),
  /** How many people were in it. */
  members: z.number(),
  nested: z.array(z.string()),
  parents: z.array(z.string()),
  grants: z.array(
    z.object({
      collectionId: z.string().nullable(),
      collectionName: z.string().nullable(),
      documentId: z.string().nullable(),
      role: z.string(),
    }),
  ),
});

/**
 * Deletes a group. Its grants end, and its people lose at once what they had only through it. A later group of the same
 * name inherits nothing. For workspace admins. Repeating changes nothing.
 */
export function deleteGroup(actor: UserActor, id: string): Promise<void> {
  return transaction(actor, async (tx) => {
    const query = Prisma.sql`SELECT app.delete_group(${id}::uuid) AS ended`;
    const { ended } = only(await rows(tx, z.object({ ended: endedGroup.nullable() }), query));
    if (!ended) return;
    const { name, grants, ...metadata } = ended;
    await recordAudits(tx, actor, [
      { action: "group.deleted", resource: { type: "group", id, name }, metadata },
      ...grants.map(({ collectionId, collectionName, documentId, role }) => ({
        action: "permission.revoked" as const,
        resource: collectionId
          ? ({ type: "collection", id: collectionId, name: collectionName ?? undefined } as const)
          : ({ type: "document", id: documentId! } as const),
        subject: { type: "group", id } as const,
        metadata: { previous: { role }, group: name },
      })),
    ]);
  });
}

async function unlessNameTaken<Result>(work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    if (isUniqueViolation(error))
      throw new AppError("conflict", "Name taken", { reason: "group_name_taken" }, error);
    throw error;
  }
}
