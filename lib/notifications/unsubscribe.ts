import { timingSafeEqual } from "node:crypto";
import { z } from "zod";
import { marking } from "#lib/auth/index.ts";
import { system } from "#lib/authz/actor.ts";
import { Prisma, write } from "#lib/db/index.ts";
import { env } from "#lib/env/index.ts";
import { AppError } from "#lib/errors/index.ts";
import { choicesOf } from "./preferences.ts";
import { findKind, kinds } from "./registry.ts";
import { type UnsubscribeView } from "./schema.ts";

/** What a link in a mail ends: kinds for a person, all that comes daily, or every invitation to an address. */
export type Unsubscription =
  { userId: string; kinds: readonly string[] } | { userId: string; kinds: "daily" } | { address: string };

const mark = marking("unsubscribe");
const markOf = (payload: string) => mark(payload).subarray(0, 20);
const payloadSchema = z.union([
  z.object({ u: z.uuid(), k: z.union([z.literal("daily"), z.array(z.string()).min(1)]) }),
  z.object({ a: z.string() }),
]);

/**
 * The secret of such a link. It has no end, since mails are kept, and does nothing but this; only this installation can
 * make it.
 */
export function unsubscribeToken(what: Unsubscription): string {
  const payload = JSON.stringify("address" in what ? { a: what.address } : { u: what.userId, k: what.kinds });
  return Buffer.concat([markOf(payload), Buffer.from(payload)]).toString("base64url");
}

/** Answers POST by a mail program (RFC 8058), and shows a page to whoever opens it. */
export const unsubscribeUrl = (what: Unsubscription): string =>
  new URL(`/api/v1/unsubscribe?token=${unsubscribeToken(what)}`, env.APP_URL).href;

function parseToken(token: string): Unsubscription {
  const bytes = Buffer.from(token, "base64url");
  const payload = bytes.subarray(20).toString();
  if (bytes.byteLength <= 20 || !timingSafeEqual(markOf(payload), bytes.subarray(0, 20)))
    throw new AppError("invalid_input", "Not a token of ours", { reason: "unsubscribe_token" });
  const parsed = payloadSchema.parse(JSON.parse(payload));
  return "a" in parsed ? { address: parsed.a } : { userId: parsed.u, kinds: parsed.k };
}

/** What a link would end. Throws `invalid_input` for a token that is none. */
export function describeUnsubscription(token: string): UnsubscribeView {
  const what = parseToken(token);
  if ("address" in what) return { scope: "invitations", kinds: [] };
  if (what.kinds === "daily") return { scope: "daily", kinds: [] };
  return { scope: "kinds", kinds: what.kinds.filter((name) => findKind(name)) };
}

/** Ends what a link from a mail is for; repeating changes nothing. Throws `invalid_input` for a token that is none. */
export async function unsubscribe(token: string): Promise<UnsubscribeView> {
  const what = parseToken(token);
  if ("address" in what) {
    await write(system, z.object({}), Prisma.sql`SELECT FROM app.refuse_mail(${what.address})`);
    return describeUnsubscription(token);
  }
  const chosen = await choicesOf({ kind: "user", id: what.userId });
  const ended =
    what.kinds === "daily"
      ? kinds.filter((kind) => (chosen[kind.name]?.mail ?? kind.mail) === "daily")
      : kinds.filter((kind) => what.kinds.includes(kind.name));
  const choices = ended.map(({ name, isShown }) => ({
    kind: name,
    mail: "never",
    isShown: chosen[name]?.isShown ?? isShown,
  }));
  await write(
    system,
    z.object({}),
    Prisma.sql`SELECT FROM app.set_notification_preferences(${what.userId}::uuid, ${JSON.stringify(choices)}::jsonb)`,
  );
  return describeUnsubscription(token);
}
