import { type UserActor } from "#lib/authz/actor.ts";
import { transaction } from "#lib/db/index.ts";
import { AppError } from "#lib/errors/index.ts";
import { type SubjectsView } from "./schema.ts";

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
    const [reader] = await tx.$queryRaw<{ isMember: boolean }[]>`
      SELECT app.actor_workspace() IS NOT NULL AS "isMember"`;
    if (!reader?.isMember)
      throw new AppError("forbidden", "Guests see no directory", { reason: "guest_action" });
    const people = await tx.$queryRaw<SubjectsView["people"]>`
      SELECT u.id, u.name, u.email FROM users u
       WHERE u.workspace_id = app.actor_workspace() AND NOT u.is_external AND u.suspended_at IS NULL
         AND u.email_verified_at IS NOT NULL
         AND (strpos(lower(u.name), lower(${q})) > 0 OR strpos(u.email_normalized, lower(${q})) > 0)
       ORDER BY u.id = app.actor_id(),
                NOT (starts_with(lower(u.name), lower(${q})) OR starts_with(u.email_normalized, lower(${q}))),
                lower(u.name), u.id
       LIMIT ${MOST_PEOPLE}`;
    const groups = await tx.$queryRaw<SubjectsView["groups"]>`
      SELECT g.id, g.name, g.description, counted.effective AS "memberCount" FROM (
        SELECT * FROM groups g WHERE g.deleted_at IS NULL AND strpos(lower(g.name), lower(${q})) > 0
         ORDER BY NOT starts_with(lower(g.name), lower(${q})), lower(g.name), g.id LIMIT ${MOST_GROUPS}
      ) g, LATERAL app.group_counts(g.id) counted
       ORDER BY NOT starts_with(lower(g.name), lower(${q})), lower(g.name), g.id`;
    return { people, groups };
  });
}
