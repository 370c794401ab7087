import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, expect, it, vi } from "vitest";
import { asOwner } from "#prisma/factories.ts";
import { authenticate } from "#lib/auth/index.ts";
import { type UserActor } from "#lib/authz/actor.ts";
import { startSmtpSink } from "#lib/mail/testing.ts";
import { browser, eventually, newPerson, origin, timeRatio } from "./test-support.ts";

let sink: Awaited<ReturnType<typeof startSmtpSink>>;
let accounts: typeof import("./index.ts");
beforeAll(async () => {
  sink = await startSmtpSink();
  vi.stubEnv("SMTP_URL", sink.url);
  accounts = await import("./index.ts");
});
afterAll(async () => {
  await sink.stop();
  vi.unstubAllEnvs();
});

const newAddress = () => `${randomUUID()}@new.example.org`;
const sourcesTo = (email: string) =>
  sink.mails
    .filter(({ recipients }) => recipients.includes(email))
    .map(({ source }) => source.replaceAll("=\r\n", ""));
const subjectsTo = (email: string) =>
  sourcesTo(email).map((source) => /^Subject: (.*)\r$/m.exec(source)?.[1]);
const secretMailedTo = (email: string, count = 1) =>
  eventually(async () => {
    const found = sourcesTo(email).flatMap((source) => /token=(?:3D)?([\w-]{43})/.exec(source)?.[1] ?? []);
    return found.length < count ? null : found.at(-1)!;
  });

async function proven() {
  const person = newPerson();
  await accounts.register(person, origin());
  await accounts.verifyEmail(await secretMailedTo(person.email), origin());
  const client = browser();
  await client.signIn(person);
  const { actor, sessionId } = await authenticate(client.headers());
  return { person, client, actor: actor as UserActor, sessionId };
}
type Someone = Awaited<ReturnType<typeof proven>>;
const ask = ({ person, actor, sessionId }: Someone, email: string) =>
  accounts.changeEmail(actor, sessionId, { email, password: person.password });
const addressOf = async ({ actor }: Someone) => (await accounts.getSettings(actor)).profile.email;
const deadLink = { reason: "email_change_token" };

it("holds once the link in the new mailbox is followed, and works once", async () => {
  const someone = await proven();
  const other = browser();
  await other.signIn(someone.person);
  const email = newAddress();
  expect(await ask(someone, email)).toEqual({ email, isConfirmationNeeded: true });
  expect(await accounts.getSettings(someone.actor)).toMatchObject({
    profile: { email: someone.person.email },
    pendingEmail: email,
  });
  const secret = await secretMailedTo(email);
  await eventually(
    async () => subjectsTo(someone.person.email).includes("Your address is to change") || null,
  );
  const [kept] = await asOwner<{ hash: Buffer }>(
    "SELECT hash FROM tokens WHERE kind = 'email_change' AND email = $1",
    [email],
  );
  expect(kept!.hash.includes(secret)).toBe(false);

  const settled = await Promise.allSettled(
    [1, 2, 3].map(() => accounts.confirmEmailChange(secret, origin(), someone.sessionId)),
  );
  expect(settled.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
  expect(await accounts.getSettings(someone.actor)).toMatchObject({ profile: { email }, pendingEmail: null });
  expect((await authenticate(someone.client.headers())).actor.kind).toBe("user");
  expect((await authenticate(other.headers())).actor.kind).toBe("everyone");
  await eventually(async () => subjectsTo(someone.person.email).includes("Your address is changed") || null);
});

it("ends every session when the link is followed elsewhere", async () => {
  const someone = await proven();
  const email = newAddress();
  await ask(someone, email);
  await accounts.confirmEmailChange(await secretMailedTo(email), origin(), null);
  expect((await authenticate(someone.client.headers())).actor.kind).toBe("everyone");
});

it("makes a link worthless by a newer one, by withdrawing, by a new password, and after an hour", async () => {
  const someone = await proven();
  const { actor, sessionId, person } = someone;
  const [first, second] = [newAddress(), newAddress()];
  await ask(someone, first);
  const old = await secretMailedTo(first);
  await ask(someone, second);
  const newer = await secretMailedTo(second);
  await expect(accounts.confirmEmailChange(old, origin(), null)).rejects.toMatchObject(deadLink);
  await accounts.cancelEmailChange(actor);
  await expect(accounts.confirmEmailChange(newer, origin(), null)).rejects.toMatchObject(deadLink);

  await ask(someone, first);
  const third = await secretMailedTo(first, 2);
  await asOwner("UPDATE tokens SET expires_at = expires_at - interval '61 minutes' WHERE user_id = $1", [
    actor.id,
  ]);
  await expect(accounts.confirmEmailChange(third, origin(), null)).rejects.toMatchObject(deadLink);

  await ask(someone, second);
  const fourth = await secretMailedTo(second, 2);
  const newPassword = "another one, long enough";
  await accounts.changePassword(actor, sessionId, { currentPassword: person.password, newPassword });
  await expect(accounts.confirmEmailChange(fourth, origin(), null)).rejects.toMatchObject(deadLink);
  expect(await addressOf(someone)).toBe(person.email);
});

it("answers an address that is taken like a free one, and tells its owner alone", async () => {
  const [someone, taken] = [await proven(), await proven()];
  const answer = await ask(someone, taken.person.email);
  expect(answer).toEqual({ email: taken.person.email, isConfirmationNeeded: true });
  expect((await accounts.getSettings(someone.actor)).pendingEmail).toBe(taken.person.email);
  await eventually(
    async () => subjectsTo(taken.person.email).includes("You already have an account") || null,
  );
  expect(sourcesTo(taken.person.email).filter((source) => source.includes("confirm-email"))).toEqual([]);
  await eventually(
    async () => subjectsTo(someone.person.email).includes("Your address is to change") || null,
  );
});

it("takes as long for an address that is taken as for a free one", async () => {
  const [someone, other, taken] = [await proven(), await proven(), await proven()];
  // the limit of ten an hour is too low to measure times
  const again = () => asOwner("DELETE FROM rate_windows");
  const timed = async (who: Someone, email: string) => {
    await again();
    await ask(who, email);
  };
  const ratio = await timeRatio(
    () => timed(someone, taken.person.email),
    () => timed(other, newAddress()),
  );
  expect(ratio).toBeLessThan(1.1);
});

it("gives an address to one of two who prove it at once", async () => {
  const [one, other] = [await proven(), await proven()];
  const email = newAddress();
  await ask(one, email);
  const first = await secretMailedTo(email);
  await ask(other, email);
  const second = await secretMailedTo(email, 2);
  const settled = await Promise.allSettled(
    [first, second].map((secret) => accounts.confirmEmailChange(secret, origin(), null)),
  );
  expect(settled.map(({ status }) => status).toSorted()).toEqual(["fulfilled", "rejected"]);
  expect(settled.find((one) => one.status === "rejected")).toMatchObject({ reason: deadLink });
  const holders = await asOwner("SELECT FROM users WHERE email_normalized = $1", [email]);
  expect(holders).toHaveLength(1);
});

it("lets nobody keep an address from its owner by registering with it", async () => {
  const [someone, email] = [await proven(), newAddress()];
  await accounts.register({ ...newPerson(), email }, origin());
  await secretMailedTo(email);
  await ask(someone, email);
  await accounts.confirmEmailChange(await secretMailedTo(email, 2), origin(), someone.sessionId);
  expect(await addressOf(someone)).toBe(email);
});
