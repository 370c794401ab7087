import { z } from "zod";
import { type UserActor } from "#lib/authz/actor.ts";
import { only, Prisma, read, transaction } from "#lib/db/index.ts";
import { AppError } from "#lib/errors/index.ts";
import { isKindName, kinds } from "./registry.ts";
import { type ChangeNotificationPreferencesInput, type NotificationPreferencesView } from "./schema.ts";
import { mailChoices } from "./values.ts";

const preferencesRow = z.object({
  chosen: z.record(z.string(), z.object({ mail: z.enum(mailChoices), isShown: z.boolean() })),
  time_zone: z.string().nullable(),
  summary_hour: z.number(),
});

const readPreferences = async (actor: UserActor) =>
  only(
    await read(
      actor,
      preferencesRow,
      Prisma.sql`SELECT chosen, time_zone, summary_hour FROM app.notification_preferences()`,
    ),
  );

/** What a person chose, by kind. */
export const choicesOf = async (actor: UserActor) => (await readPreferences(actor)).chosen;

/** What a person gets of each kind, chosen or usual. */
export async function getNotificationPreferences(actor: UserActor): Promise<NotificationPreferencesView> {
  const { chosen, time_zone, summary_hour } = await readPreferences(actor);
  return {
    kinds: kinds.map(({ name, topic, mail, isShown }) => ({
      kind: name,
      topic,
      mail: chosen[name]?.mail ?? mail,
      inApp: chosen[name]?.isShown ?? isShown,
    })),
    timeZone: time_zone,
    summaryHour: summary_hour,
  };
}

/** Changes what is named; the rest stays. What still waits to be mailed follows at once. */
export function changeNotificationPreferences(
  actor: UserActor,
  { kinds: changes = [], timeZone, summaryHour }: ChangeNotificationPreferencesInput,
): Promise<NotificationPreferencesView> {
  if (changes.some(({ kind }) => !isKindName(kind)))
    throw new AppError("invalid_input", "No such kind", { errors: [{ path: "kinds", message: "value" }] });
  return transaction(actor, async (tx) => {
    if (timeZone !== undefined || summaryHour !== undefined)
      await tx.$executeRaw`SELECT app.set_notification_time(${timeZone ?? null}, ${summaryHour ?? null}::int)`;
    const before = await getNotificationPreferences(actor);
    if (changes.length === 0) return before;
    const byKind = new Map(changes.map((change) => [change.kind, change]));
    const after = before.kinds
      .filter(({ kind }) => byKind.has(kind))
      .map(({ kind, mail, inApp }) => {
        const change = byKind.get(kind);
        return { kind, mail: change?.mail ?? mail, isShown: change?.inApp ?? inApp };
      });
    await tx.$executeRaw`SELECT app.set_notification_preferences(${actor.id}::uuid, ${JSON.stringify(after)}::jsonb)`;
    return getNotificationPreferences(actor);
  });
}
