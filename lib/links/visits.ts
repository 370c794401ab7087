import { z } from "zod";
import { recordAudit } from "#lib/audit/index.ts";
import { hashSecret, isPasswordRight } from "#lib/auth/index.ts";
import { type Actor, type VisitorActor } from "#lib/authz/actor.ts";
import { confirm, statement, transaction } from "#lib/db/index.ts";
import { AppError } from "#lib/errors/index.ts";
import { addressBlock } from "#lib/http/request.ts";
import { type ResourceRef } from "#lib/sharing/index.ts";
import { guessing } from "./guesses.ts";
import { type LinkRole, linkRoles } from "./schema.ts";
import { findVisit, visitCookies, type VisitNote } from "./visit-cookie.ts";

/** Who came, by what token, and with what cookies (the request's header): what the routes below a token hand over. */
export interface Arrival {
  caller: Actor;
  token: string;
  cookies: string | null;
  /** It is no visit, as `isPreview` says. */
  isPreview?: boolean;
}

/** A link as it is at this moment. */
export interface FoundLink {
  id: string;
  generation: number;
  hasPassword: boolean;
  /** Lets in nobody who is not in yet. */
  isUsedUp: boolean;
  resource: ResourceRef;
  role: LinkRole;
  allowDownload: boolean;
  /** Visitors say who they are, and it stands on what they are shown. */
  watermark: boolean;
  expiresAt: string | null;
}

export interface Visit {
  actor: VisitorActor;
  link: FoundLink;
  /** Who they said they are, where the link asks for it. */
  visitorName: string | null;
  /** To be set where the visit begins with this request; none where it is under way. */
  setCookies: string[];
}

/**
 * Whom a token's bearer acts as. `not_found` for what is no token and for links that open nothing now, `link_revoked`,
 * `link_expired`, also when all uses are used up; `forbidden` before the password (`link_password`) or the visitor's name
 * (`link_name`) was given, and where there is no visit and it is not to begin one (`link_preview`).
 *
 * Whoever comes without the cookie of a visit begins one: that is a use, counted and written to the audit log. Every statement
 * of a visitor checks again that the link is live and opens what is asked for; what a visit depends on besides (password,
 * token, age) is checked here, so every route that serves something begins with this.
 */
export async function enterLink(arrival: Arrival): Promise<Visit> {
  const met = await meetLink(arrival);
  if (met.kind === "open") return met.visit;
  if (met.kind === "preview") throw new AppError("forbidden", "No visit", { reason: "link_preview" });
  throw met.needsPassword ? needsPassword() : needsName();
}

/** How somebody stands to a link: let in, or not before they gave something, or passing by without a visit. */
export type Meeting =
  | { kind: "open"; visit: Visit }
  | { kind: "locked"; needsPassword: boolean; needsName: boolean; visit: Visit }
  | { kind: "preview"; visit: Visit };

/**
 * Lets a visitor in as `enterLink` does, or says what they must give first. The visits of those who are not in are for
 * telling what a link without a password is called, and begin nothing.
 */
export async function meetLink(arrival: Arrival): Promise<Meeting> {
  const link = await findLink(arrival.token);
  const known = findVisit(link, arrival.cookies);
  const visitorName = known?.visitorName ?? null;
  const visit: Visit = { actor: visitorFor(link, arrival), link, visitorName, setCookies: [] };
  const needsName = link.watermark && visitorName === null;
  if (known && !needsName) return { kind: "open", visit };
  if (!known && link.isUsedUp) throw usedUp();
  const needsPassword = !known && link.hasPassword;
  if (needsPassword || needsName) return { kind: "locked", needsPassword, needsName, visit };
  if (arrival.isPreview) return { kind: "preview", visit };
  return { kind: "open", visit: await beginVisit(link, arrival, { isUnlocked: false, visitorName: null }) };
}

/**
 * Begins a visit by what a link asks for, its password, the visitor's name or both, and answers the cookies to be set. A
 * wrong password is `forbidden` (`link_password_wrong`), no name where one is asked for `invalid_input`. Guesses are counted by link and network, by network and by link before anything is hashed (`rate_limited`); the right
 * password gives them back, so that a lecture hall behind one address gets in.
 */
export async function unlockLink(
  arrival: Arrival,
  { password = "", name = "" }: { password?: string; name?: string },
): Promise<string[]> {
  const link = await findLink(arrival.token);
  const known = findVisit(link, arrival.cookies);
  if (!known && link.isUsedUp) throw usedUp();
  const visitorName = link.watermark ? name || known?.visitorName || null : null;
  if (link.watermark && visitorName === null)
    throw new AppError("invalid_input", "No name", { errors: [{ path: "name", message: "missing" }] });
  const actor = visitorFor(link, arrival);
  if (known && (!link.hasPassword || password === "")) return goOn(link, arrival, known, visitorName);
  if (!link.hasPassword)
    return (await beginVisit(link, arrival, { isUnlocked: false, visitorName })).setCookies;
  const giveBack = await guessing(link.id, addressBlock(arrival.caller.ip ?? null));
  const [secret] = await transaction(
    actor,
    (tx) =>
      tx.$queryRaw<{ password_hash: string | null; generation: number }[]>`SELECT * FROM app.link_password()`,
  );
  if (!secret || !(await isPasswordRight(secret.password_hash, password))) {
    await transaction(actor, (tx) =>
      recordAudit(tx, actor, { ...about(link), action: "link.password_refused" }),
    );
    throw new AppError("forbidden", "Not the password", { reason: "link_password_wrong" });
  }
  await giveBack();
  // of the generation whose password this is: one that was changed meanwhile lets nobody in by the old one
  const unlocked = { ...link, generation: secret.generation };
  return known
    ? goOn(unlocked, arrival, known, visitorName)
    : (await beginVisit(unlocked, arrival, { isUnlocked: true, visitorName })).setCookies;
}

/** Who is in stays in; another name that they give from now on is noted, as the first one was. */
async function goOn(
  link: FoundLink,
  arrival: Arrival,
  known: VisitNote,
  visitorName: string | null,
): Promise<string[]> {
  const actor = visitorFor(link, arrival);
  if (visitorName !== null && visitorName !== known.visitorName)
    await transaction(actor, (tx) =>
      recordAudit(tx, actor, {
        ...about(link),
        action: "link.visitor_named",
        metadata: { previous: known.visitorName, name: visitorName },
      }),
    );
  return visitCookies(link, arrival.cookies, { ...known, visitorName });
}

interface Given {
  isUnlocked: boolean;
  visitorName: string | null;
}

async function beginVisit(link: FoundLink, arrival: Arrival, given: Given): Promise<Visit> {
  const { isUnlocked, visitorName } = given;
  // a request may be answered anew when its session turns out to have ended: it is one use all the same
  await confirm(arrival.caller);
  const actor = visitorFor(link, arrival);
  const isLetIn = await transaction(actor, async (tx) => {
    const [row] = await tx.$queryRaw<
      { begun: boolean }[]
    >`SELECT app.begin_visit(${link.generation}::int) AS begun`;
    if (!row!.begun) return false;
    await recordAudit(tx, actor, {
      ...about(link),
      action: "link.opened",
      metadata: { password: isUnlocked, ...(visitorName !== null && { name: visitorName }) },
    });
    return true;
  });
  if (isLetIn)
    return {
      ...{ actor, link, visitorName },
      setCookies: visitCookies(link, arrival.cookies, { visitorName, beganAt: Date.now() }),
    };
  // it changed since it was looked at: what it says now counts
  const now = await findLink(arrival.token);
  if (now.isUsedUp) throw usedUp();
  if (now.hasPassword) throw needsPassword();
  if (now.watermark && visitorName === null) throw needsName();
  return beginVisit(now, arrival, { isUnlocked: false, visitorName });
}

const foundRow = z.object({
  id: z.string(),
  state: z.enum(["open", "expired", "revoked", "closed"]),
  generation: z.number(),
  has_password: z.boolean(),
  is_used_up: z.boolean(),
  collection_id: z.string().nullable(),
  document_id: z.string().nullable(),
  role: z.enum(linkRoles),
  allow_download: z.boolean(),
  watermark: z.boolean(),
  expires_at: z.date().nullable(),
});

/** The look-up is by hash, so its time tells nothing of the token. */
async function findLink(token: string): Promise<FoundLink> {
  const [row] = await statement(foundRow, "SELECT * FROM app.find_link($1)", [hashSecret(token)]);
  if (row?.state === "revoked") throw new AppError("link_revoked", "Revoked");
  if (row?.state === "expired") throw new AppError("link_expired", "Past its end");
  if (row?.state !== "open") throw new AppError("not_found", "No such link", { reason: "link" });
  return {
    id: row.id,
    generation: row.generation,
    hasPassword: row.has_password,
    isUsedUp: row.is_used_up,
    resource: row.collection_id
      ? { type: "collection", id: row.collection_id }
      : { type: "document", id: row.document_id! },
    role: row.role,
    allowDownload: row.allow_download,
    watermark: row.watermark,
    expiresAt: row.expires_at?.toISOString() ?? null,
  };
}

const visitorFor = ({ id }: FoundLink, { caller }: Arrival): VisitorActor => ({
  kind: "visitor",
  linkId: id,
  requestId: caller.requestId,
  ip: caller.ip ?? null,
});

const about = ({ id, resource }: FoundLink) => ({ resource, subject: { type: "link", id } as const });

const usedUp = () => new AppError("link_expired", "No use left", { reason: "link_used_up", isUsedUp: true });
const needsName = () => new AppError("forbidden", "Needs the visitor's name", { reason: "link_name" });
const needsPassword = () => new AppError("forbidden", "Needs its password", { reason: "link_password" });
