import { afterAll, beforeAll, expect, it, vi } from "vitest";
import { startSmtpSink } from "#lib/mail/testing.ts";
import { eventually, newPerson, origin, randomIp } from "./test-support.ts";

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

const mailsTo = (email: string) => sink.mails.filter(({ recipients }) => recipients.includes(email));
/** The secret of the newest of at least `count` mails. */
const secretMailedTo = (email: string, count = 1) =>
  eventually(async () => {
    const mails = mailsTo(email);
    if (mails.length < count) return null;
    // quoted-printable folds long lines
    return /token=(?:3D)?([\w-]{43})/.exec(mails.at(-1)!.source.replaceAll("=\r\n", ""))?.[1];
  });
const signsIn = async (person: { email: string; password: string }) =>
  Boolean(await accounts.verifyCredentials(person, { ip: randomIp() }));

it("lets in only whoever has confirmed their address", async () => {
  const person = newPerson();
  expect(await accounts.register(person, origin())).toEqual({
    email: person.email,
    isConfirmationNeeded: true,
  });
  const secret = await secretMailedTo(person.email);
  expect(await signsIn(person)).toBe(false);
  await accounts.verifyEmail(secret, origin());
  expect(await signsIn(person)).toBe(true);
  await expect(accounts.verifyEmail(secret, origin())).rejects.toMatchObject({
    reason: "verification_token",
  });
});

it("mails the link again to whoever knows the password", async () => {
  const person = newPerson();
  await accounts.register(person, origin());
  await secretMailedTo(person.email);
  expect(await signsIn({ ...person, password: "another password" })).toBe(false);
  expect(await signsIn(person)).toBe(false);
  await accounts.verifyEmail(await secretMailedTo(person.email, 2), origin());
  expect(await signsIn(person)).toBe(true);
});

it("keeps only the newest registration of an address nobody has confirmed", async () => {
  const [squatter, person] = [newPerson(), newPerson()];
  squatter.email = person.email;
  await accounts.register(squatter, origin());
  const first = await secretMailedTo(person.email);
  await accounts.register(person, origin());
  const second = await secretMailedTo(person.email, 2);
  await expect(accounts.verifyEmail(first, origin())).rejects.toMatchObject({ reason: "verification_token" });
  await accounts.verifyEmail(second, origin());
  expect(await signsIn(squatter)).toBe(false);
  expect(await signsIn(person)).toBe(true);
});

it("answers a confirmed address like a new one, and tells its owner", async () => {
  const person = newPerson();
  await accounts.register(person, origin());
  await accounts.verifyEmail(await secretMailedTo(person.email), origin());
  const again = { ...newPerson(), email: person.email };
  expect(await accounts.register(again, origin())).toEqual({
    email: person.email,
    isConfirmationNeeded: true,
  });
  await eventually(async () => mailsTo(person.email).length === 2);
  expect(mailsTo(person.email)[1]!.source).toContain("Subject: You already have an account");
  expect(await signsIn(again)).toBe(false);
  expect(await signsIn(person)).toBe(true);
});
