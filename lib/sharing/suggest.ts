import { z } from "zod";
import { type UserActor } from "#lib/authz/actor.ts";
import { Prisma, rows, transaction } from "#lib/db/index.ts";
import { AppError } from "#lib/errors/index.ts";
import { subjectsSchema, type SubjectsView } from "./schema.ts";

/** Enough to choose from at a glance; more typing narrows them. */
const MOST_PEOPLE = 6;
const MOST_GROUPS = 4;

/**
 * People and groups of the actor's workspace with this text in the name or address, those beginning with it first, and
 * the actor last. Suspended people and guests are left out: they can't be given anything that works. Guests are refused
 * (`forbidden`): they see no directory.
 */
export function suggestSubjects(actor: UserActor, { q }: { q: string }): Promise<SubjectsView> {
  return transaction(actor, async (tx) => {
    const [reader] = await rows(
      tx,
      z.object({ isMember: z.boolean() }),
      Prisma.sql`SELECT app.actor_workspace() IS NOT NULL AS "isMember"`,
    );
    if (!reader?.isMember)
      throw new AppError("forbidden", "Guests see no directory", { reason: "guest_action" });
    const people = await rows(
      tx,
      subjectsSchema.shape.people.element,
      Prisma.sql`
      SELECT u.id, u.name, u.email FROM users u
       WHERE u.workspace_id = app.actor_workspace() AND NOT u.is_external AND u.suspended_at IS NULL
         AND u.email_verified_at IS NOT NULL
         AND (strpos(app.folded(u.name), app.folded(${q})) > 0 OR strpos(u.email_normalized, lower(${q})) > 0)
       ORDER BY u.id = app.actor_id(),
                NOT (starts_with(app.folded(u.name), app.folded(${q})) OR starts_with(u.email_normalized, lower(${q}))),
                lower(u.name), u.id
       LIMIT ${MOST_PEOPLE}`,
    );
    const groups = await rows(
      tx,
      subjectsSchema.shape.groups.element,
      Prisma.sql`
      SELECT g.id, g.name, g.description, counted.effective AS "memberCount" FROM (
        SELECT * FROM groups g WHERE g.deleted_at IS NULL AND strpos(app.folded(g.name), app.folded(${q})) > 0
         ORDER BY NOT starts_with(app.folded(g.name), app.folded(${q})), lower(g.name), g.id LIMIT ${MOST_GROUPS}
      ) g, LATERAL app.group_counts(g.id) counted
       ORDER BY NOT starts_with(app.folded(g.name), app.folded(${q})), lower(g.name), g.id`,
    );
    return { people, groups };
  });
}
