import { recordAudit, recordAudits } from "#lib/audit/index.ts";
import { type UserActor } from "#lib/authz/actor.ts";
import { isUniqueViolation, transaction } from "#lib/db/index.ts";
import { AppError } from "#lib/errors/index.ts";
import { namedPlace, PAGE_SIZE, pageByName } from "#lib/http/cursor.ts";
import {
  demandGroup,
  groupColumns,
  groupCounts,
  type GroupRow,
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
    const rows = await tx.$queryRaw<GroupRow[]>`
      SELECT ${groupColumns} FROM (
        SELECT * FROM groups g
         WHERE g.deleted_at IS NULL AND strpos(lower(g.name), lower(${q})) > 0
           AND (${after?.id ?? null}::uuid IS NULL OR (lower(g.name), g.id) > (lower(${after?.name ?? null}), ${after?.id ?? null}::uuid))
         ORDER BY lower(g.name), g.id LIMIT ${PAGE_SIZE + 1}
      ) g, ${groupCounts} ORDER BY lower(g.name), g.id`;
    return { ...pageByName(rows, toGroupView), abilities };
  });
}

/** One group with the groups in it and around it. Missing and not visible refuse alike (`forbidden`). */
export function getGroup(actor: UserActor, id: string): Promise<GroupDetailView> {
  return transaction(actor, async (tx) => {
    const group = await readGroup(tx, id);
    const nested = await tx.$queryRaw<GroupRow[]>`
      SELECT ${groupColumns} FROM group_nestings n JOIN groups g ON g.id = n.child_id, ${groupCounts}
       WHERE n.parent_id = ${id}::uuid AND g.deleted_at IS NULL ORDER BY lower(g.name), g.id`;
    const parents = await tx.$queryRaw<{ id: string; name: string }[]>`
      SELECT g.id, g.name FROM group_nestings n JOIN groups g ON g.id = n.parent_id
       WHERE n.child_id = ${id}::uuid AND g.deleted_at IS NULL ORDER BY lower(g.name), g.id`;
    return { ...group, nested: nested.map(toGroupView), parents, abilities: await readAbilities(tx) };
  });
}

/** Makes an empty group. For workspace admins; a name that is taken throws `conflict`, in any case of letters. */
export function createGroup(actor: UserActor, { name, description }: CreateGroupInput): Promise<GroupView> {
  return unlessNameTaken(() =>
    transaction(actor, async (tx) => {
      const { canEdit } = await readAbilities(tx);
      if (!canEdit)
        throw new AppError("forbidden", "Only workspace admins make groups", { reason: "workspace_admin" });
      const [made] = await tx.$queryRaw<{ id: string }[]>`
        INSERT INTO groups (workspace_id, name, description) VALUES (app.actor_workspace(), ${name}, ${description}) RETURNING id`;
      await recordAudit(tx, actor, {
        action: "group.created",
        resource: { type: "group", id: made!.id, name },
      });
      return readGroup(tx, made!.id);
    }),
  );
}

/** Renames or describes. For workspace admins; a name that is taken throws `conflict`. */
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

interface EndedGroup {
  name: string;
  /** How many people were in it. */
  members: number;
  nested: string[];
  parents: string[];
  grants: {
    collectionId: string | null;
    collectionName: string | null;
    documentId: string | null;
    role: string;
  }[];
}

/**
 * Ends a group: its people lose at once what they had only through it, its grants end with it, and a later group of the
 * same name has none of them. For workspace admins. Repeating changes nothing.
 */
export function deleteGroup(actor: UserActor, id: string): Promise<void> {
  return transaction(actor, async (tx) => {
    const [row] = await tx.$queryRaw<{ ended: EndedGroup | null }[]>`
      SELECT app.delete_group(${id}::uuid) AS ended`;
    if (!row?.ended) return;
    const { name, grants, ...metadata } = row.ended;
    await recordAudits(tx, actor, [
      { action: "group.deleted", resource: { type: "group", id, name }, metadata },
      ...grants.map(({ collectionId, collectionName, documentId, role }) => ({
        action: "permission.revoked",
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
