import pg from "pg";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { system } from "#lib/authz/actor.ts";
import { transaction } from "#lib/db/index.ts";
import { type AppError } from "#lib/errors/index.ts";
import { register } from "./index.ts";
import { verifyCredentials } from "./sign-in.ts";
import { registerSchema } from "./schema.ts";
import { eventually, mailsTo, newPerson, origin, randomIp, registered, timeRatio } from "./test-support.ts";

const owner = new pg.Client({ connectionString: process.env.DATABASE_OWNER_URL });
beforeAll(() => owner.connect());
afterAll(() => owner.end());

const peopleWith = (email: string) =>
  transaction(system, (tx) =>
    tx.user.findMany({
      where: { emailNormalized: email.toLowerCase() },
      select: {
        id: true,
        name: true,
        isSystemAdmin: true,
        workspaceRole: true,
        workspaceId: true,
        emailVerifiedAt: true,
      },
    }),
  );

/** Whether the person can sign in with this password. */
const signsIn = async (person: { email: string; password: string }) =>
  Boolean(await verifyCredentials(person, { ip: randomIp() }));

// must be the first test of this file: the database is empty only once
it("makes exactly one of several first people system admin", async () => {
  const several = [newPerson(), newPerson(), newPerson(), newPerson()];
  await Promise.all(several.map((person) => register(person, origin())));
  const made = (await Promise.all(several.map(({ email }) => peopleWith(email)))).flat();
  expect(made).toHaveLength(4);
  expect(made.filter(({ isSystemAdmin }) => isSystemAdmin)).toHaveLength(1);
  expect(made.every(({ workspaceRole }) => workspaceRole === "admin")).toBe(true);
  expect(new Set(made.map(({ workspaceId }) => workspaceId)).size).toBe(4);
  const later = await registered();
  expect((await peopleWith(later.email))[0]!.isSystemAdmin).toBe(false);
});

describe("an address that is taken", () => {
  it("is answered alike, changes nothing, and its owner hears of it", async () => {
    const first = await registered();
    const again = { ...newPerson(), email: first.email.toUpperCase(), name: "Mallory" };
    const fresh = newPerson();
    expect(await register(again, origin())).toEqual({ email: again.email, isConfirmationNeeded: false });
    expect(await register(fresh, origin())).toEqual({ email: fresh.email, isConfirmationNeeded: false });
    expect(await peopleWith(first.email)).toMatchObject([{ name: first.name }]);
    expect(await signsIn({ ...first, password: again.password })).toBe(false);
    expect(await signsIn(first)).toBe(true);
    const [mail] = await eventually(async () =>
      (await mailsTo(first.email)).length > 0 ? mailsTo(first.email) : null,
    );
    expect(mail!.subject).toBe("You already have an account");
    expect(mail!.text).not.toContain("Mallory");
    expect(await mailsTo(fresh.email)).toEqual([]);
  });

  it("is answered in the same time", async () => {
    const known = await registered();
    const ratio = await timeRatio(
      () => register({ ...newPerson(), email: known.email }, origin()),
      () => register(newPerson(), origin()),
    );
    expect(ratio).toBeLessThan(1.1);
  });

  it("becomes one account when registrations race", async () => {
    const person = newPerson();
    const answers = await Promise.all(Array.from({ length: 12 }, () => register(person, origin())));
    expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1);
    expect(await peopleWith(person.email)).toHaveLength(1);
    const { rows } = await owner.query(
      "SELECT count(*)::int AS n FROM workspaces w WHERE NOT EXISTS (SELECT FROM users u WHERE u.workspace_id = w.id)",
    );
    expect(rows[0].n).toBe(0);
  });
});

describe("signing in", () => {
  it("takes the same time for known and unknown addresses", async () => {
    const known = await registered();
    const attempt = async (email: string) =>
      expect(await verifyCredentials({ email, password: "not it" }, { ip: randomIp() })).toBeNull();
    const ratio = await timeRatio(
      () => attempt(known.email),
      () => attempt(newPerson().email),
    );
    expect(ratio).toBeLessThan(1.1);
  });

  it("takes a password composed or decomposed", async () => {
    const person = await registered({ password: "Straßenbahnfähre".normalize("NFC") });
    expect(await signsIn({ ...person, password: person.password.normalize("NFD") })).toBe(true);
  });
});

describe("an invitation", () => {
  const invite = async (email: string, ends = "now() + interval '1 day'") => {
    const host = await registered();
    const { id, workspaceId } = (await peopleWith(host.email))[0]!;
    const { rows } = await owner.query(
      "INSERT INTO collections (workspace_id, owner_id, name) VALUES ($1, $2, 'c') RETURNING id",
      [workspaceId, id],
    );
    await owner.query(
      `INSERT INTO invitations (email, email_normalized, collection_id, role_id, invited_by_id, expires_at)
       SELECT $1, lower($1), $2, id, $3, ${ends} FROM roles WHERE name = 'viewer' AND workspace_id IS NULL`,
      [email, rows[0].id, id],
    );
    return rows[0].id as string;
  };
  const grants = async (email: string) => {
    const [person] = await peopleWith(email);
    const { rows } = await owner.query("SELECT collection_id FROM permissions WHERE user_id = $1", [
      person!.id,
    ]);
    return rows.map((row) => row.collection_id as string);
  };

  it("becomes a grant when its address registers", async () => {
    const person = newPerson();
    const collection = await invite(person.email);
    await register(person, origin());
    expect(await grants(person.email)).toEqual([collection]);
  });

  it("opens a closed sign-up to its address, and to no other", async () => {
    const [invited, late, stranger] = [newPerson(), newPerson(), newPerson()];
    await invite(invited.email);
    await invite(late.email, "now()");
    const known = await registered();
    vi.stubEnv("SIGN_UP", "invite");
    vi.resetModules();
    const closed = await import("./index.ts");
    try {
      await closed.register(invited, origin());
      expect(await peopleWith(invited.email)).toHaveLength(1);
      for (const person of [late, stranger, known]) {
        await expect(closed.register(person, origin())).rejects.toMatchObject({
          code: "forbidden",
          reason: "sign_up_closed",
        } satisfies Partial<AppError>);
      }
    } finally {
      await (await import("#lib/db/index.ts")).closeDatabase();
      vi.unstubAllEnvs();
      vi.resetModules();
    }
  });
});

describe("an address", () => {
  const isTaken = (email: string) => registerSchema.safeParse({ ...newPerson(), email }).success;
  it.each([
    '"e@a"@example.org',
    "e@a@example.org",
    "e＠example.org",
    "e﹫example.org",
    "a@example.org,b@example.org",
    "a@example.org;b@example.org",
    "a@example.org b@example.org",
    "Ann <a@example.org>",
    "a@example.org\nBcc: b@example.org",
    "a@[127.0.0.1]",
    "a@localhost",
    "(comment)a@example.org",
    "a\u0000@example.org",
    "ａ@example.org",
    "",
  ])("is one mailbox: %j is refused", (email) => {
    expect(isTaken(email)).toBe(false);
  });
  it.each(["a\u200b@example.org", "a@exam\u202eple.org"])(
    "holds nothing invisible: %j is refused",
    (email) => {
      expect(isTaken(email)).toBe(false);
    },
  );
  it("may carry a tag and a subdomain", () => {
    expect(isTaken("first.last+tag@mail.example.co.uk")).toBe(true);
  });
});

describe("a name", () => {
  it.each(["", "   ", "\u200b", "x".repeat(101)])("%j is refused", (name) => {
    expect(registerSchema.safeParse({ ...newPerson(), name }).success).toBe(false);
  });

  it("stays in one line", () => {
    const name = "a\r\nBcc: x@example.org";
    expect(registerSchema.parse({ ...newPerson(), name }).name).toBe("a Bcc: x@example.org");
  });
});
