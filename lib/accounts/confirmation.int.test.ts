import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { asOwner } from "#prisma/factories.ts";
import { startSmtpSink } from "#lib/mail/testing.ts";
import { eventually, newPerson, origin, randomIp, timeRatio } from "./test-support.ts";

let sink: Awaited<ReturnType<typeof startSmtpSink>>;
let accounts: typeof import("./index.ts");
let signIn: typeof import("./sign-in.ts");
beforeAll(async () => {
  sink = await startSmtpSink();
  vi.stubEnv("SMTP_URL", sink.url);
  accounts = await import("./index.ts");
  signIn = await import("./sign-in.ts");
});
afterAll(async () => {
  await sink.stop();
  vi.unstubAllEnvs();
});

const mailsTo = (email: string) => sink.mails.filter(({ recipients }) => recipients.includes(email));
/** The secrets in the mails to an address, oldest first, once there are at least `count`. */
const secretsMailedTo = (email: string, count: number) =>
  eventually(async () => {
    const mails = mailsTo(email);
    if (mails.length < count) return null;
    // quoted-printable folds long lines
    return mails.map(({ source }) => /token=(?:3D)?([\w-]{43})/.exec(source.replaceAll("=\r\n", ""))?.[1]);
  });
/** The secret in the newest mail, once there are at least `count`. */
const secretMailedTo = async (email: string, count = 1) => (await secretsMailedTo(email, count)).at(-1)!;
const signsIn = async (person: { email: string; password: string }) =>
  Boolean(await signIn.verifyCredentials(person, { ip: randomIp() }));
const deadLink = { code: "invalid_input", reason: "verification_token" };
const peopleWith = (email: string) =>
  asOwner<{ id: string; name: string; language: string }>(
    "SELECT id, name, language FROM users WHERE email_normalized = $1",
    [email],
  );
/** A registration and the secret of its mail, the `nth` to its address. */
async function registeredAs(person: ReturnType<typeof newPerson>, nth = 1) {
  await accounts.register(person, origin());
  return secretMailedTo(person.email, nth);
}

/** Invites the address to a collection. Returns a check whether somebody has access to it. */
async function invitedTo(email: string) {
  const host = newPerson();
  await accounts.verifyEmail(await registeredAs(host), origin());
  const [collection] = await asOwner<{ id: string }>(
    `INSERT INTO collections (workspace_id, owner_id, name) SELECT workspace_id, id, 'Shared' FROM users WHERE email = $1 RETURNING id`,
    [host.email],
  );
  await asOwner(
    `INSERT INTO invitations (email, email_normalized, collection_id, role_id, invited_by_id)
     SELECT $1, $1, $2, r.id, u.id FROM roles r, users u WHERE r.name = 'viewer' AND r.workspace_id IS NULL AND u.email = $3`,
    [email, collection!.id, host.email],
  );
  return async () =>
    (
      await asOwner<{ email: string }>(
        "SELECT u.email FROM permissions p JOIN users u ON u.id = p.user_id WHERE p.collection_id = $1 AND u.email <> $2",
        [collection!.id, host.email],
      )
    ).map((row) => row.email);
}

describe("an address that is not confirmed", () => {
  it("lets nobody in, and is nobody's account", async () => {
    const person = newPerson();
    expect(await accounts.register(person, origin())).toEqual({
      email: person.email,
      isConfirmationNeeded: true,
    });
    const secret = await secretMailedTo(person.email);
    expect(await signsIn(person)).toBe(false);
    expect(await peopleWith(person.email)).toEqual([]);
    await accounts.verifyEmail(secret, origin());
    expect(await signsIn(person)).toBe(true);
    await expect(accounts.verifyEmail(secret, origin())).rejects.toMatchObject(deadLink);
  });

  it("gets no link to choose another password", async () => {
    const [person, known] = [newPerson(), newPerson()];
    await registeredAs(person);
    await accounts.verifyEmail(await registeredAs(known), origin());
    await accounts.requestPasswordReset(person.email, origin());
    await accounts.requestPasswordReset(known.email, origin());
    await secretMailedTo(known.email, 2);
    expect(mailsTo(person.email)).toHaveLength(1);
  });

  it("keeps the link for three days, and is forgotten then", async () => {
    const person = newPerson();
    const secret = await registeredAs(person);
    const [row] = await asOwner<{ hours: number }>(
      "SELECT round(extract(epoch FROM expires_at - now()) / 3600)::int AS hours FROM registrations WHERE email = $1",
      [person.email],
    );
    expect(row).toEqual({ hours: 72 });
    await asOwner("UPDATE registrations SET expires_at = now() WHERE email = $1", [person.email]);
    await expect(accounts.verifyEmail(secret, origin())).rejects.toMatchObject(deadLink);
    expect((await accounts.sweepExpired()).registrations).toBeGreaterThanOrEqual(1);
    expect(await asOwner("SELECT FROM registrations WHERE email = $1", [person.email])).toEqual([]);
  });

  it("keeps neither the secret nor the password readable", async () => {
    const person = newPerson();
    const secret = await registeredAs(person);
    const [row] = await asOwner<{ hash: Buffer; password_hash: string }>(
      "SELECT hash, password_hash FROM registrations WHERE email = $1",
      [person.email],
    );
    expect(row!.hash.includes(secret)).toBe(false);
    expect(row!.password_hash).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
    expect(row!.password_hash).not.toContain(person.password);
  });
});

describe("an address that several register", () => {
  const rivals = () => {
    const [first, second] = [newPerson(), { ...newPerson(), name: "Mallory" }];
    return [first, { ...second, email: first.email }] as const;
  };

  it.each(["the first", "the second"])("becomes what %s chose, when that is confirmed", async (which) => {
    const both = rivals();
    const secrets = [await registeredAs(both[0]), await registeredAs(both[1], 2)];
    const grants = await invitedTo(both[0].email);
    const chosen = which === "the first" ? 0 : 1;
    await accounts.verifyEmail(secrets[chosen]!, origin());
    expect(await peopleWith(both[0].email)).toMatchObject([{ name: both[chosen].name }]);
    expect(await signsIn(both[chosen])).toBe(true);
    expect(await signsIn(both[1 - chosen]!)).toBe(false);
    expect(await grants()).toEqual([both[0].email]);
    // the other link no longer works and changes nothing
    await expect(accounts.verifyEmail(secrets[1 - chosen]!, origin())).rejects.toMatchObject(deadLink);
    expect(await peopleWith(both[0].email)).toMatchObject([{ name: both[chosen].name }]);
    expect(await signsIn(both[chosen])).toBe(true);
    expect(await asOwner("SELECT FROM registrations WHERE email = $1", [both[0].email])).toEqual([]);
  });

  it("goes to exactly one, with their own password and name, when all register and confirm at once", async () => {
    const email = `${randomUUID()}@example.org`;
    const grants = await invitedTo(email);
    const several = Array.from({ length: 5 }, (_, n) => ({ ...newPerson(), email, name: `Person ${n}` }));
    await Promise.all(
      several.map((person, n) =>
        accounts.register(person, { ...origin(), language: n % 2 === 0 ? "en" : "de" }),
      ),
    );
    const secrets = await secretsMailedTo(email, 5);
    expect(new Set(secrets).size).toBe(5);
    // each link twice
    const settled = await Promise.allSettled(
      [...secrets, ...secrets].map((secret) => accounts.verifyEmail(secret!, origin())),
    );
    expect(settled.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
    for (const result of settled)
      if (result.status === "rejected") expect(result.reason).toMatchObject(deadLink);
    const [made, ...others] = await peopleWith(email);
    expect(others).toEqual([]);
    const winner = several.findIndex(({ name }) => name === made!.name);
    expect(made!.language).toBe(winner % 2 === 0 ? "en" : "de");
    const answers = await Promise.all(several.map(signsIn));
    expect(answers.map((isIn, n) => isIn === (n === winner))).toEqual(Array(5).fill(true));
    expect(await grants()).toEqual([email]);
    expect(await asOwner("SELECT FROM workspaces w WHERE NOT EXISTS (SELECT FROM users u WHERE u.workspace_id = w.id)")).toEqual([]); // prettier-ignore
  });

  it("goes to one of whoever confirms it and whoever moves there", async () => {
    const [mover, person] = [newPerson(), newPerson()];
    await accounts.verifyEmail(await registeredAs(mover), origin());
    const id = (await signIn.verifyCredentials(mover, { ip: randomIp() }))!;
    const actor = { kind: "user", id } as const;
    const secret = await registeredAs(person);
    await accounts.changeEmail(actor, null, { email: person.email, password: mover.password });
    const moving = await secretMailedTo(person.email, 2);
    const settled = await Promise.allSettled([
      accounts.verifyEmail(secret, origin()),
      accounts.confirmEmailChange(moving, origin(), null),
    ]);
    expect(settled.map(({ status }) => status).toSorted()).toEqual(["fulfilled", "rejected"]);
    expect(await peopleWith(person.email)).toHaveLength(1);
    // earlier registrations must not come back when the person changes the address
    expect(await asOwner("SELECT FROM registrations WHERE email = $1", [person.email])).toEqual([]);
  });

  it("mails the link again to whoever knows a password, for what was registered with that one", async () => {
    const [first, second] = rivals();
    const secret = await registeredAs(first);
    await registeredAs(second, 2);
    expect(await signsIn({ ...first, password: "another password" })).toBe(false);
    expect(await signsIn(first)).toBe(false);
    const again = await secretMailedTo(first.email, 3);
    expect(again).not.toBe(secret);
    await accounts.verifyEmail(again, origin());
    expect(await peopleWith(first.email)).toMatchObject([{ name: first.name }]);
    expect(await signsIn(first)).toBe(true);
    expect(await signsIn(second)).toBe(false);
    // a wrong password had none
    expect(mailsTo(first.email)).toHaveLength(3);
  });

  it("leaves the earlier link as it is when the password brings another", async () => {
    const person = newPerson();
    const secret = await registeredAs(person);
    await signsIn(person);
    await secretMailedTo(person.email, 2);
    await accounts.verifyEmail(secret, origin());
    expect(await signsIn(person)).toBe(true);
  });
});

describe("an account that nobody proved, of an older release", () => {
  it("becomes what is confirmed", async () => {
    const person = newPerson();
    const [workspace] = await asOwner<{ id: string }>(
      "INSERT INTO workspaces (name) VALUES ('Old') RETURNING id",
    );
    const [old] = await asOwner<{ id: string }>(
      "INSERT INTO users (workspace_id, workspace_role, email, email_normalized, name) VALUES ($1, 'admin', $2, $2, 'Old') RETURNING id",
      [workspace!.id, person.email],
    );
    await accounts.verifyEmail(await registeredAs(person), origin());
    expect(await peopleWith(person.email)).toMatchObject([{ id: old!.id, name: person.name }]);
    expect(await signsIn(person)).toBe(true);
  });
});

describe("an address that has an account", () => {
  const confirmed = async () => {
    const person = newPerson();
    await accounts.verifyEmail(await registeredAs(person), origin());
    return person;
  };

  it("is answered like a new one, and its owner is told", async () => {
    const person = await confirmed();
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

  it("takes as long to sign in to as one that waits and one that nobody has", async () => {
    const [known, waiting] = [await confirmed(), newPerson()];
    await registeredAs(waiting);
    const attempt = async (email: string) =>
      expect(await signIn.verifyCredentials({ email, password: "not it" }, { ip: randomIp() })).toBeNull();
    await asOwner("DELETE FROM rate_windows");
    expect(await timeRatio(() => attempt(known.email), () => attempt(waiting.email))).toBeLessThan(1.1); // prettier-ignore
    await asOwner("DELETE FROM rate_windows");
    expect(await timeRatio(() => attempt(newPerson().email), () => attempt(waiting.email))).toBeLessThan(1.1); // prettier-ignore
  });
});

it("mails a few links an hour to one address for one network, and keeps no registration that nobody was told of", async () => {
  const person = newPerson();
  const network = origin();
  for (let round = 0; round < 8; round++)
    await accounts.register({ ...newPerson(), email: person.email }, network);
  const mine = await registeredAs(person, 6);
  const [{ count } = { count: 0 }] = await asOwner<{ count: number }>(
    "SELECT count(*)::int AS count FROM registrations WHERE email = $1",
    [person.email],
  );
  // ten, if a window ended in between
  expect(count).toBeLessThanOrEqual(11);
  expect(mailsTo(person.email)).toHaveLength(count);
  await accounts.verifyEmail(mine, origin());
  expect(await signsIn(person)).toBe(true);
});
