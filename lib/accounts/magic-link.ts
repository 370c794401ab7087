import { z } from "zod";
import { system } from "#lib/authz/actor.ts";
import { recordAudit } from "#lib/audit/index.ts";
import { only, Prisma, rows, transaction } from "#lib/db/index.ts";
import { AppError } from "#lib/errors/index.ts";
import { addressBlock } from "#lib/http/request.ts";
import { textSchema } from "#lib/http/schema.ts";
import { type Locale } from "#lib/i18n/index.ts";
import { log } from "#lib/log/index.ts";
import { countCall } from "#lib/rate-limit/index.ts";
import { normalizeEmail } from "#lib/sharing/values.ts";
import { type CallOrigin } from "./call.ts";
import { knownAccountOf, knownAccountSelect, laneFor } from "./known-devices.ts";
import { sendMagicLinkMail } from "./letters.ts";
import { type Lane, mayMail } from "./limits.ts";
import { findOneTimeToken, issueOneTimeToken, takeOneTimeToken } from "./one-time-tokens.ts";
import { atPace } from "./pace.ts";
import { proveAddress } from "./register.ts";
import { type RequestMagicLinkInput } from "./schema.ts";
import { type SignInWay } from "./sessions.ts";
import { demandCode } from "./sign-in.ts";

/** Well above the time of a look-up and the insert of a token. */
const REQUEST_PACE_MS = 150;

/**
 * Mails a link to sign in with if the address has an account. It makes no account, so it is the same where sign-up is by
 * invitation. Never fails, and takes the same time for every address, so that it tells nothing.
 */
export async function requestMagicLink(
  { email, next }: RequestMagicLinkInput,
  origin: CallOrigin,
): Promise<void> {
  const emailNormalized = normalizeEmail(email);
  await atPace(REQUEST_PACE_MS, async () => {
    try {
      const user = await transaction(system, (tx) =>
        tx.user.findUnique({
          where: { emailNormalized, suspendedAt: null },
          select: { ...knownAccountSelect, email: true, language: true },
        }),
      );
      const lane = laneFor(user && knownAccountOf(user), origin);
      if (!(await mayMail(emailNormalized, "magic_link", lane)) || !user) return;
      const secret = await transaction(system, (tx) => issueOneTimeToken(tx, user.id, "magic_link"));
      sendMagicLinkMail({ to: user.email, secret, language: user.language as Locale, next });
    } catch (error) {
      log().error({ err: error }, "magic link request failed");
    }
  });
}

const credentialsSchema = z.object({
  token: textSchema(200).min(20),
  code: textSchema(40).optional(),
});

/** What the page of a link tells before it is used. */
interface FoundLink {
  email: string;
  isCodeNeeded: boolean;
}

/** Whom a live link signs in: shown first, so that nobody is led into the account of somebody else. Uses nothing up. */
export async function findMagicLink(token: string): Promise<FoundLink | null> {
  const user = credentialsSchema.safeParse({ token }).success ? await findOwner(token) : null;
  return user && { email: user.email, isCodeNeeded: needsCode(user) };
}

/** Of a mailed link, or of one that a provider's sign-in leads to where a code is needed. */
const findOwner = (token: string) =>
  transaction(system, async (tx) => {
    for (const kind of ["magic_link", "identity"] as const) {
      const id = await findOneTimeToken(tx, token, kind);
      const select = {
        ...knownAccountSelect,
        email: true,
        emailVerifiedAt: true,
        second: { select: { activatedAt: true } },
      };
      const user = id === null ? null : await tx.user.findUnique({ where: { id }, select });
      if (user) return { ...user, kind };
    }
    return null;
  });
type Owner = NonNullable<Awaited<ReturnType<typeof findOwner>>>;

/** Whoever set up a second step for an address that is not theirs keeps nobody out. */
const needsCode = (user: Owner) =>
  Boolean(user.second?.activatedAt && (user.emailVerifiedAt ?? user.kind === "identity"));

/**
 * The person of a mailed link, which works once. The mail arrived, which proves the address: its invitations become
 * grants, and an account that was never confirmed loses what else was set up for it. Throws `unauthenticated`
 * (magic_link) for a link that is no longer live; where a second factor is on, (code_needed, wrong_code) without the right
 * code, and the link stays live; `rate_limited`.
 */
export async function verifyMagicLink(
  input: unknown,
  origin: { ip: string | null; requestId?: string; devices?: string[] },
): Promise<{ userId: string; way: SignInWay }> {
  await countCall("signIn", addressBlock(origin.ip));
  const refused = () => new AppError("unauthenticated", "No live link", { reason: "magic_link" });
  const parsed = credentialsSchema.safeParse(input);
  if (!parsed.success) throw refused();
  const { token, code } = parsed.data;
  const user = await findOwner(token);
  if (!user) throw refused();
  if (needsCode(user)) await demandCode(user.id, laneOf(user, origin), code);
  await transaction(system, async (tx) => {
    if (!(await takeOneTimeToken(tx, token, user.kind))) throw refused();
    // only a mail proves a mailbox
    if (user.kind === "identity") return;
    const { ip, requestId } = origin;
    const person = { kind: "user", id: user.id, ip, requestId } as const;
    const disowned = await rows(
      tx,
      z.object({ isUnproven: z.boolean() }),
      Prisma.sql`SELECT app.disown_unproven(${user.id}::uuid) AS "isUnproven"`,
    );
    if (!only(disowned).isUnproven) return;
    await proveAddress(tx, person);
    await recordAudit(tx, person, { action: "email.verified", resource: { type: "user", id: user.id } });
  });
  return { userId: user.id, way: user.kind === "identity" ? "oidc" : "magic_link" };
}

/** Somebody who reads the mailbox is no stranger. All links share one lane: a new link must not give new tries. */
function laneOf(user: Owner, origin: { ip: string | null; devices?: string[] }): Lane {
  const lane = laneFor(knownAccountOf(user), origin);
  return lane.kind === "network" ? { kind: "mailbox", id: user.id } : lane;
}
