import pg from "pg";
import { afterAll, beforeAll, expect, it } from "vitest";
import { authenticate } from "#lib/auth/index.ts";
import { type UserActor } from "#lib/authz/actor.ts";
import { createToken, listTokens, revokeToken } from "./index.ts";
import { browser, registered } from "./test-support.ts";

const owner = new pg.Client({ connectionString: process.env.DATABASE_OWNER_URL });
beforeAll(() => owner.connect());
afterAll(() => owner.end());

async function signedIn() {
  const person = await registered();
  const client = browser();
  await client.signIn(person);
  const { actor, sessionId } = await authenticate(client.headers());
  return { person, client, actor: actor as UserActor, sessionId };
}
const bearer = (token: string, more: Record<string, string> = {}) =>
  authenticate(new Headers({ authorization: `Bearer ${token}`, ...more }));

it("acts as its person, is shown once and kept as a hash", async () => {
  const { actor } = await signedIn();
  const made = await createToken(actor, { scope: "read", name: "Backup", expiresInDays: 30 });
  expect(made.token).toMatch(/^sheaf_[\w-]{43}$/);
  expect(made.token.startsWith(made.prefix)).toBe(true);
  expect(made.prefix).toHaveLength(12);
  expect(await bearer(made.token)).toMatchObject({
    actor: { kind: "user", id: actor.id },
    via: "token",
    sessionId: null,
    scope: "read",
  });
  const { items } = await listTokens(actor);
  const { token, ...rest } = made;
  expect(items).toEqual([{ ...rest, lastUsedAt: expect.any(String) }]);
  const { rows } = await owner.query("SELECT t::text AS row FROM tokens t WHERE id = $1", [made.id]);
  expect(rows[0].row).not.toContain(token.slice(12));
});

it("ends when revoked, when its time is over, and with its person's suspension", async () => {
  const { actor, person } = await signedIn();
  const make = () => createToken(actor, { scope: "read", name: "t", expiresInDays: 1 });
  const [revoked, ended, suspended] = [await make(), await make(), await make()];
  await revokeToken(actor, revoked.id);
  expect((await bearer(revoked.token)).actor.kind).toBe("everyone");
  await expect(revokeToken(actor, revoked.id)).rejects.toMatchObject({ code: "not_found" });
  await owner.query("UPDATE tokens SET expires_at = now() WHERE id = $1", [ended.id]);
  expect((await bearer(ended.token)).actor.kind).toBe("everyone");
  expect((await listTokens(actor)).items.map(({ id }) => id).toSorted()).toEqual(
    [ended.id, suspended.id].toSorted(),
  );
  expect((await bearer(suspended.token)).actor.kind).toBe("user");
  await owner.query("UPDATE users SET suspended_at = now() WHERE email = $1", [person.email]);
  expect((await bearer(suspended.token)).actor.kind).toBe("everyone");
});

it("never falls back to a cookie that comes along", async () => {
  const { actor, client } = await signedIn();
  const { token, id } = await createToken(actor, { scope: "read", name: "t", expiresInDays: 1 });
  await revokeToken(actor, id);
  const cookie = client.headers().get("cookie")!;
  expect((await authenticate(new Headers({ cookie }))).actor.kind).toBe("user");
  for (const authorization of [
    `Bearer ${token}`,
    "Bearer",
    "Bearer x",
    "Basic YTpi",
    token,
    "bearer sheaf_",
  ]) {
    const found = await authenticate(new Headers({ cookie, authorization }));
    expect(found, authorization).toMatchObject({ actor: { kind: "everyone" }, via: "none" });
  }
});

it("belongs to its person alone", async () => {
  const [mine, theirs] = [await signedIn(), await signedIn()];
  const made = await createToken(theirs.actor, { scope: "read", name: "t", expiresInDays: 1 });
  expect((await listTokens(mine.actor)).items).toEqual([]);
  await expect(revokeToken(mine.actor, made.id)).rejects.toMatchObject({ code: "not_found" });
  expect((await bearer(made.token)).actor.kind).toBe("user");
});

it("pages through many", async () => {
  const { actor } = await signedIn();
  const made = [];
  for (let count = 0; count < 53; count++)
    made.push((await createToken(actor, { scope: "read", name: `t${count}`, expiresInDays: 1 })).id);
  const first = await listTokens(actor);
  const second = await listTokens(actor, { cursor: first.nextCursor! });
  expect(first.items).toHaveLength(50);
  expect(second.nextCursor).toBeNull();
  expect([...first.items, ...second.items].map(({ id }) => id)).toEqual(made.toReversed());
});
