import { describe, expect, it } from "vitest";
import { asOwner } from "#prisma/factories.ts";
import { authenticate, sessionCookieName } from "#lib/auth/index.ts";
import { type UserActor } from "#lib/authz/actor.ts";
import {
  activateSecondFactor,
  changePassword,
  findMagicLink,
  getViewer,
  requestMagicLink,
  requestPasswordReset,
  resetPassword,
  setUpSecondFactor,
} from "./index.ts";
import {
  browser,
  eventually,
  mailsTo,
  newPerson,
  origin,
  randomIp,
  registered,
  secretMailedTo,
  signedIn,
  timeRatio,
} from "./test-support.ts";
import { fromBase32, stepAt, totpCode } from "./testing/authenticator.ts";

type Person = Awaited<ReturnType<typeof registered>>;

async function linkFor({ email }: { email: string }, count = 1): Promise<string> {
  await requestMagicLink({ email }, origin());
  return secretMailedTo(email, count);
}
const follow = (client: ReturnType<typeof browser>, token: string, code?: string) =>
  client.post("callback/magic-link", { token, ...(code !== undefined && { code }), callbackUrl: "/" });
const isIn = async (client: ReturnType<typeof browser>) =>
  (await authenticate(client.headers())).actor.kind === "user";
/** Why a link was refused. */
const reasonOf = async (answer: Response) => {
  const { url } = (await answer.json()) as { url: string };
  return [answer.status, new URL(url).searchParams.get("error")];
};
const dead = [401, "magic_link"];

it("signs in once, with the session and the device of a password, and says how in the log", async () => {
  const person = await registered();
  const token = await linkFor(person);
  // 256 bits in base64url, and only its hash is kept
  expect(token).toHaveLength(43);
  const kept = await asOwner<{ hash: Buffer; seconds: number }>(
    `SELECT hash, extract(epoch FROM expires_at - now())::int AS seconds FROM tokens
      WHERE kind = 'magic_link' AND user_id = (SELECT id FROM users WHERE email = $1)`,
    [person.email],
  );
  expect(kept).toHaveLength(1);
  expect(kept[0]!.hash.includes(token)).toBe(false);
  expect(kept[0]!.seconds).toBeGreaterThan(840);
  expect(kept[0]!.seconds).toBeLessThanOrEqual(900);
  // looking at its page uses nothing up
  expect(await findMagicLink(token)).toEqual({ email: person.email, isCodeNeeded: false });
  expect(await findMagicLink(token)).toEqual({ email: person.email, isCodeNeeded: false });

  const client = browser();
  expect((await follow(client, token)).status).toBe(200);
  const { actor, sessionId } = await authenticate(client.headers());
  expect(await getViewer(actor as UserActor)).toMatchObject({ email: person.email });
  expect([...client.cookies.keys()]).toEqual(expect.arrayContaining([sessionCookieName(), "sheaf-device"]));
  const [entry] = await asOwner<{ metadata: unknown }>(
    "SELECT metadata FROM audit_events WHERE action = 'session.opened' AND resource_id = $1",
    [sessionId],
  );
  expect(entry).toEqual({ metadata: { way: "magic_link" } });

  const again = browser();
  expect(await reasonOf(await follow(again, token))).toEqual(dead);
  expect(await isIn(again)).toBe(false);
  expect(await findMagicLink(token)).toBeNull();
});

it("lets in one of many who follow a link at once", async () => {
  const token = await linkFor(await registered());
  const clients = Array.from({ length: 10 }, () => browser());
  await Promise.all(clients.map((client) => follow(client, token)));
  const inside = await Promise.all(clients.map(isIn));
  expect(inside.filter(Boolean)).toHaveLength(1);
});

it("is taken by POST with the CSRF token alone", async () => {
  const token = await linkFor(await registered());
  const client = browser();
  expect((await client.call(`callback/magic-link?token=${token}`)).status).toBe(404);
  await client.call("callback/magic-link", {
    method: "POST",
    headers: client.headers({ "content-type": "application/x-www-form-urlencoded" }),
    body: new URLSearchParams({ token, json: "true" }),
  });
  expect(
    (
      await client.post(
        "callback/magic-link",
        { token, callbackUrl: "/" },
        { origin: "https://evil.example" },
      )
    ).status,
  ).toBe(403);
  expect(await isIn(client)).toBe(false);
  expect((await follow(client, token)).status).toBe(200);
});

it("is good for the newest link only, for 15 minutes", async () => {
  const person = await registered();
  const first = await linkFor(person);
  const second = await linkFor(person, 2);
  expect(await reasonOf(await follow(browser(), first))).toEqual(dead);
  await asOwner("UPDATE tokens SET expires_at = now() WHERE kind = 'magic_link' AND user_id = $1", [
    await idOf(person),
  ]);
  expect(await reasonOf(await follow(browser(), second))).toEqual(dead);
});

const idOf = async ({ email }: { email: string }) =>
  (await asOwner<{ id: string }>("SELECT id FROM users WHERE email = $1", [email]))[0]!.id;

it("takes no secret of another kind, and no link takes a magic one", async () => {
  const person = await registered();
  const magic = await linkFor(person);
  await requestPasswordReset(person.email, origin());
  const reset = await secretMailedTo(person.email, 2);
  expect(await reasonOf(await follow(browser(), reset))).toEqual(dead);
  const password = "a password nobody knew";
  await expect(resetPassword({ token: magic, password }, origin())).rejects.toMatchObject({
    reason: "reset_token",
  });
  for (const odd of ["", "x", "%00".repeat(20), "\0".repeat(30), "a".repeat(9000), `${magic} `])
    expect(await reasonOf(await follow(browser(), odd))).toEqual(dead);
  expect((await follow(browser(), magic)).status).toBe(200);
});

it("ends with a new password and with suspension", async () => {
  const { person, actor, sessionId } = await signedIn();
  const token = await linkFor(person);
  const newPassword = "another one, long enough";
  await changePassword(actor, sessionId, { currentPassword: person.password, newPassword });
  expect(await reasonOf(await follow(browser(), token))).toEqual(dead);

  const second = await linkFor(person, 2);
  await asOwner("UPDATE users SET suspended_at = now() WHERE id = $1", [actor.id]);
  expect(await reasonOf(await follow(browser(), second))).toEqual(dead);
});

it("mails nothing to the suspended, to strangers and to those who wait to confirm", async () => {
  const [suspended, stranger, other] = [await registered(), newPerson(), await registered()];
  await asOwner("UPDATE users SET suspended_at = now() WHERE email = $1", [suspended.email]);
  for (const { email } of [suspended, stranger]) await requestMagicLink({ email }, origin());
  await linkFor(other);
  expect(await mailsTo(suspended.email)).toEqual([]);
  expect(await mailsTo(stranger.email)).toEqual([]);
  expect(await asOwner("SELECT FROM users WHERE email = $1", [stranger.email])).toEqual([]);
});

it("mails an address a few times an hour at most for one network", async () => {
  const [person, other] = [await registered(), await registered()];
  const network = origin();
  await Promise.all(Array.from({ length: 15 }, () => requestMagicLink({ email: person.email }, network)));
  await requestMagicLink({ email: other.email }, network);
  await secretMailedTo(other.email);
  // ten, if a window ended in between
  expect((await mailsTo(person.email)).length).toBeLessThanOrEqual(10);
});

it("takes as long for an address without an account as for one with", async () => {
  const [person, stranger] = [await registered(), newPerson()];
  const timed = async ({ email }: { email: string }) => {
    // the limit of mails an hour is too low to measure times
    await asOwner("DELETE FROM rate_windows");
    await requestMagicLink({ email }, origin());
  };
  expect(
    await timeRatio(
      () => timed(person),
      () => timed(stranger),
    ),
  ).toBeLessThan(1.1);
});

describe("with a second factor", () => {
  async function withSecondFactor(): Promise<Person & { secret: Buffer; step: number }> {
    const { person, actor, sessionId } = await signedIn();
    const { secret } = await setUpSecondFactor(actor, sessionId, { password: person.password });
    const key = fromBase32(secret);
    const step = stepAt(Date.now());
    await activateSecondFactor(actor, { code: totpCode(key, step) });
    return { ...person, secret: key, step };
  }

  it("asks for the code, and a wrong one leaves the link as it is", async () => {
    const person = await withSecondFactor();
    const token = await linkFor(person, (await mailsTo(person.email)).length + 1);
    expect(await findMagicLink(token)).toEqual({ email: person.email, isCodeNeeded: true });
    const client = browser();
    expect(await reasonOf(await follow(client, token))).toEqual([401, "code_needed"]);
    expect(await reasonOf(await follow(client, token, "000000"))).toEqual([401, "wrong_code"]);
    expect(await isIn(client)).toBe(false);
    expect((await follow(client, token, totpCode(person.secret, person.step + 1))).status).toBe(200);
    expect(await isIn(client)).toBe(true);
  });

  it("bounds guesses, however many links and networks", async () => {
    const person = await withSecondFactor();
    const reasons = [];
    for (let guess = 0; guess < 7; guess++) {
      // the limit of mails is not what is tried here
      await asOwner("DELETE FROM rate_windows");
      await asOwner("DELETE FROM tokens WHERE kind = 'magic_link' AND user_id = $1", [await idOf(person)]);
      const before = (await mailsTo(person.email)).length;
      const token = await linkFor(person, before + 1);
      reasons.push((await reasonOf(await follow(browser({ ip: randomIp() }), token, "000000")))[1]);
    }
    expect(reasons.slice(-2)).toEqual(["rate_limited", "rate_limited"]);
  });
});

it("proves an address that nobody had, and takes away what somebody else set up for it", async () => {
  const { person, client, actor } = await signedIn();
  await asOwner("UPDATE users SET email_verified_at = NULL WHERE id = $1", [actor.id]);
  const owner = browser();
  expect((await follow(owner, await linkFor(person))).status).toBe(200);
  expect(await isIn(owner)).toBe(true);
  expect(await getViewer(actor)).toMatchObject({ isEmailVerified: true });
  expect(await isIn(client)).toBe(false);
  const squatter = browser();
  await squatter.signIn(person);
  expect(await isIn(squatter)).toBe(false);

  // and can choose a password of their own
  await requestPasswordReset(person.email, origin());
  const password = "a password nobody knew";
  await resetPassword({ token: await secretMailedTo(person.email, 2), password }, origin());
  await squatter.signIn({ email: person.email, password });
  expect(await isIn(squatter)).toBe(true);
});

it("signs in guests, who have no password and get none by a reset", async () => {
  const person = await registered();
  const id = await idOf(person);
  await asOwner("DELETE FROM credentials WHERE user_id = $1", [id]);
  await asOwner("UPDATE users SET is_external = true, workspace_role = 'guest' WHERE id = $1", [id]);
  await requestPasswordReset(person.email, origin());
  const client = browser();
  expect((await follow(client, await linkFor(person))).status).toBe(200);
  expect(client.cookies.has("sheaf-device")).toBe(true);
  expect((await mailsTo(person.email)).map(({ subject }) => subject)).toEqual(["Your link to sign in"]);
});

it("leads on to where somebody wanted, inside of the application", async () => {
  const person = await registered();
  await requestMagicLink({ email: person.email, next: "/documents/x?y=1" }, origin());
  const [mail] = await eventually(async () => {
    const mails = await mailsTo(person.email);
    return mails.length > 0 ? mails : null;
  });
  expect(mail!.text).toMatch(/\/sign-in\/link\?next=%2Fdocuments%2Fx%3Fy%3D1&token=[\w-]{43}\n/);
});
