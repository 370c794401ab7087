import pg from "pg";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { authenticate } from "#lib/auth/index.ts";
import { type UserActor } from "#lib/authz/actor.ts";
import { createToken, requestPasswordReset, resetPassword } from "./index.ts";
import { verifyCredentials } from "./sign-in.ts";
import {
  browser,
  eventually,
  mailsTo,
  newPerson,
  origin,
  randomIp,
  registered,
  secretMailedTo,
} from "./test-support.ts";

const owner = new pg.Client({ connectionString: process.env.DATABASE_OWNER_URL });
beforeAll(() => owner.connect());
afterAll(() => owner.end());

const signsIn = async (email: string, password: string) =>
  Boolean(await verifyCredentials({ email, password }, { ip: randomIp() }));
const refused = { code: "invalid_input", reason: "reset_token" };
const password = "a password nobody knew";

describe("a password reset", () => {
  it("sets a new password, ends every session and leaves tokens", async () => {
    const person = await registered();
    const client = browser();
    await client.signIn(person);
    const { actor } = await authenticate(client.headers());
    const { token } = await createToken(actor as UserActor, {
      scope: "read",
      name: "script",
      expiresInDays: 1,
    });
    await requestPasswordReset(person.email.toUpperCase(), origin());
    const secret = await secretMailedTo(person.email);
    // 256 bits in base64url
    expect(secret).toHaveLength(43);
    await resetPassword({ token: secret, password }, origin());
    expect((await authenticate(client.headers())).actor.kind).toBe("everyone");
    const bearer = new Headers({ authorization: `Bearer ${token}` });
    expect((await authenticate(bearer)).actor).toMatchObject({ kind: "user", id: (actor as UserActor).id });
    expect(await signsIn(person.email, person.password)).toBe(false);
    expect(await signsIn(person.email, password)).toBe(true);
  });

  it("works once, however many try at once", async () => {
    const person = await registered();
    await requestPasswordReset(person.email, origin());
    const token = await secretMailedTo(person.email);
    const results = await Promise.allSettled(
      Array.from({ length: 20 }, (_, index) =>
        resetPassword({ token, password: `raced password ${index}` }, origin()),
      ),
    );
    const winners = results.flatMap(({ status }, index) => (status === "fulfilled" ? [index] : []));
    expect(winners).toHaveLength(1);
    for (const result of results)
      if (result.status === "rejected") expect(result.reason).toMatchObject(refused);
    expect(await signsIn(person.email, `raced password ${winners[0]}`)).toBe(true);
    await expect(resetPassword({ token, password }, origin())).rejects.toMatchObject(refused);
  });

  it("is good for its newest link only, for one hour", async () => {
    const person = await registered();
    await requestPasswordReset(person.email, origin());
    const first = await secretMailedTo(person.email);
    await requestPasswordReset(person.email, origin());
    const second = await secretMailedTo(person.email, 2);
    await expect(resetPassword({ token: first, password }, origin())).rejects.toMatchObject(refused);
    const { rows } = await owner.query(
      `SELECT extract(epoch FROM t.expires_at - now())::int AS seconds, t.id FROM tokens t JOIN users u ON u.id = t.user_id
       WHERE u.email = $1 AND t.kind = 'password_reset' AND t.revoked_at IS NULL`,
      [person.email],
    );
    expect(rows).toHaveLength(1);
    expect(rows[0].seconds).toBeGreaterThan(3500);
    expect(rows[0].seconds).toBeLessThanOrEqual(3600);
    await owner.query("UPDATE tokens SET expires_at = now() WHERE id = $1", [rows[0].id]);
    await expect(resetPassword({ token: second, password }, origin())).rejects.toMatchObject(refused);
    expect(await signsIn(person.email, person.password)).toBe(true);
  });

  it("takes no secret of another kind, and no hash", async () => {
    const person = await registered();
    const client = browser();
    await client.signIn(person);
    const { actor } = await authenticate(client.headers());
    const made = await createToken(actor as UserActor, { scope: "read", name: "t", expiresInDays: 1 });
    await requestPasswordReset(person.email, origin());
    await secretMailedTo(person.email);
    const { rows } = await owner.query(
      "SELECT hash FROM tokens t JOIN users u ON u.id = t.user_id WHERE u.email = $1",
      [person.email],
    );
    const guesses = [
      made.token,
      ...rows.flatMap(({ hash }) => [hash.toString("hex"), hash.toString("base64url")]),
    ];
    for (const token of guesses) {
      await expect(resetPassword({ token, password }, origin())).rejects.toMatchObject(refused);
    }
  });

  it("is refused to the suspended, and not mailed to them or to strangers", async () => {
    const [person, stranger, other] = [await registered(), newPerson(), await registered()];
    await requestPasswordReset(person.email, origin());
    const token = await secretMailedTo(person.email);
    await owner.query("UPDATE users SET suspended_at = now() WHERE email = $1", [person.email]);
    await expect(resetPassword({ token, password }, origin())).rejects.toMatchObject(refused);
    await requestPasswordReset(person.email, origin());
    await requestPasswordReset(stranger.email, origin());
    await requestPasswordReset(other.email, origin());
    await secretMailedTo(other.email);
    expect(await mailsTo(stranger.email)).toEqual([]);
    expect(await mailsTo(person.email)).toHaveLength(1);
  });

  it("mails an address a few times an hour at most for one network", async () => {
    const [person, other] = [await registered(), await registered()];
    const network = origin();
    for (let count = 1; count <= 5; count++) {
      await requestPasswordReset(person.email, network);
      await eventually(async () => (await mailsTo(person.email)).length >= count);
    }
    await Promise.all(Array.from({ length: 10 }, () => requestPasswordReset(person.email, network)));
    await requestPasswordReset(other.email, network);
    await secretMailedTo(other.email);
    // ten, if a window ended in between
    expect((await mailsTo(person.email)).length).toBeLessThanOrEqual(10);
  });
});
