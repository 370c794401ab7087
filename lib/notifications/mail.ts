import { z } from "zod";
import { system, type UserActor } from "#lib/authz/actor.ts";
import { only, Prisma, read, write } from "#lib/db/index.ts";
import { locales } from "#lib/i18n/locales.ts";
import { log } from "#lib/log/index.ts";
import { MailError, sendMailOnce } from "#lib/mail/index.ts";
import { notificationLetter } from "./letters.ts";
import { cardRow, toView } from "./read.ts";

/** How many mails one person gets in an hour at most; what is more comes together when the hour is over. */
const MOST_PER_HOUR = 20;
/** Longer than an attempt takes, and than `sendMailOnce` waits before it takes its sender for dead. */
const LEASE_SECONDS = 600;
/** Pauses after attempts that failed: a day in all, then the mail is given up. */
const againAfterSeconds = [60, 300, 900, 3600, 3600 * 3, 3600 * 6, 3600 * 12];

const begunRow = z.object({ mail: z.string().nullable(), tries: z.number().nullable() });
const readerRow = z.object({
  email: z.string(),
  language: z.enum(locales),
  timeZone: z.string().nullable(),
  isDaily: z.boolean(),
});

type Outcome = "nothing" | "sent" | "dropped" | "unknown" | "failed" | "later";

/**
 * Mails a person what is due to them, in one mail. It is not sent twice, whoever dies on the way: a mail that was begun is
 * taken up once its sender's lease is over, and what it says is asked for anew, so that it tells nothing of what the person
 * lost meanwhile, or has read.
 */
export async function mailNotifications(
  userId: string,
  { leaseSeconds = LEASE_SECONDS, lostAfterSeconds = LEASE_SECONDS / 2, mostPerHour = MOST_PER_HOUR } = {},
): Promise<Outcome> {
  // as the person themselves: what they may not read is not found
  const person: UserActor = { kind: "user", id: userId };
  const begun = await write(
    person,
    begunRow,
    Prisma.sql`SELECT mail, tries FROM app.begin_notification_mail(${mostPerHour}::int, ${leaseSeconds}::int)`,
  );
  const { mail, tries } = only(begun);
  if (mail === null) return "nothing";
  const [[reader], cards] = await Promise.all([
    read(
      person,
      readerRow,
      Prisma.sql`SELECT email, language, time_zone AS "timeZone", is_daily AS "isDaily" FROM app.notification_mail_reader(${mail}::uuid)`,
    ),
    read(person, cardRow, Prisma.sql`SELECT * FROM app.mailed_notifications(${mail}::uuid)`),
  ]);
  const finish = (outcome: Outcome | null, seconds: number | null = null) =>
    write(
      person,
      z.object({}),
      Prisma.sql`SELECT FROM app.finish_notification_mail(${mail}::uuid, ${outcome}, ${seconds}::int)`,
    );
  if (!reader || cards.length === 0) {
    await finish("dropped");
    return "dropped";
  }
  const { isDaily, ...to } = reader;
  const letter = notificationLetter({ userId, ...to }, cards.map(toView), { isDaily });
  try {
    const sent = await sendMailOnce(`notification:${mail}`, letter, { lostAfterSeconds });
    const outcome = sent === "unknown" ? "unknown" : "sent";
    await finish(outcome);
    return outcome;
  } catch (error) {
    if (!(error instanceof MailError)) throw error;
    const pause = againAfterSeconds[(tries ?? 1) - 1];
    const isOver = error.outcome === "refused" || pause === undefined;
    log().warn(
      { err: error, mail, tries },
      isOver ? "notification mail given up" : "notification mail not sent",
    );
    await finish(isOver ? "failed" : null, Math.max(pause ?? 0, error.retryAfterSeconds ?? 0));
    return isOver ? "failed" : "later";
  }
}

/** People to whom a mail is due, a bounded number of them. */
export async function findPeopleWithMail(atMost = 500): Promise<string[]> {
  const found = await read(
    system,
    z.object({ person: z.string() }),
    Prisma.sql`SELECT person FROM app.people_with_mail(${atMost}::int)`,
  );
  return found.map(({ person }) => person);
}

/** How many notifications are kept for each person. */
const KEPT = 1000;

/** Removes old notifications and the marks of old events and mails. Returns how many notifications went. */
export async function pruneNotifications(): Promise<number> {
  const query = Prisma.sql`SELECT app.prune_notifications(${KEPT}::int) AS gone`;
  return only(await write(system, z.object({ gone: z.number() }), query)).gone;
}

/** Whether a letter of its own tells a person of a kind at once; in a summary, or not at all, it does not. */
export async function wantsLetter(userId: string, kind: { name: string; mail: string }): Promise<boolean> {
  const query = Prisma.sql`SELECT app.mail_choice(${userId}::uuid, ${kind.name}, ${kind.mail}) AS choice`;
  const [row] = await read(system, z.object({ choice: z.string() }), query);
  return row?.choice === "now";
}
