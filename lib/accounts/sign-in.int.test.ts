import { randomUUID } from "node:crypto";
import { encode } from "next-auth/jwt";
import pg from "pg";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { authenticate, sessionCookieName } from "#lib/auth/index.ts";
import { type UserActor } from "#lib/authz/actor.ts";
import { env } from "#lib/env/index.ts";
import { rateClasses } from "#lib/rate-limit/index.ts";
import { changePassword, getViewer, listSessions, revokeSession } from "./index.ts";
import { browser, newPerson, registered } from "./test-support.ts";

const owner = new pg.Client({ connectionString: process.env.DATABASE_OWNER_URL });
beforeAll(() => owner.connect());
afterAll(() => owner.end());

const actorOf = async (client: ReturnType<typeof browser>) => (await authenticate(client.headers())).actor;

describe("signing in", () => {
  it("lets in with the right password, and out again", async () => {
    const person = await registered();
    const client = browser();
    const response = await client.signIn({ ...person, email: person.email.toUpperCase() });
    expect(response.status).toBe(200);
    expect(await response.json()).toEqual({ url: `${env.APP_URL}/` });
    const cookie = response.headers.getSetCookie().find((line) => line.startsWith(sessionCookieName()))!;
    expect(cookie).toMatch(/HttpOnly/);
    expect(cookie).toMatch(/SameSite=Lax/);

    const { actor, sessionId, via } = await authenticate(client.headers());
    expect(via).toBe("session");
    expect(await getViewer(actor as UserActor)).toMatchObject({
      email: person.email,
      isEmailVerified: true,
      workspace: { role: "admin", name: "Ada Lovelace’s workspace" },
    });
    const { items } = await listSessions(actor as UserActor, { sessionId });
    expect(items).toMatchObject([{ id: sessionId, isCurrent: true, device: "Firefox · Linux" }]);

    const before = client.headers();
    await client.signOut();
    expect(client.cookies.has(sessionCookieName())).toBe(false);
    // the cookie as it was is worth nothing any more
    expect((await authenticate(before)).actor.kind).toBe("everyone");
  });

  it("enters what failed in the log of the person's workspace, and of nobody's address nothing but that", async () => {
    const person = await registered();
    const nobody = newPerson();
    await browser().signIn({ ...person, password: "wrong password" });
    await browser().signIn(nobody);
    const { rows } = await owner.query(
      `SELECT e.metadata, e.workspace_id, e.actor_kind, e.actor_email, u.email FROM audit_events e LEFT JOIN users u ON u.id = e.resource_id
        WHERE e.action = 'sign_in.failed' ORDER BY e.id DESC LIMIT 2`,
    );
    expect(rows).toEqual([
      {
        metadata: { reason: "address" },
        workspace_id: null,
        actor_kind: "everyone",
        actor_email: null,
        email: null,
      },
      {
        metadata: { reason: "password" },
        workspace_id: expect.any(String),
        actor_kind: "everyone",
        actor_email: null,
        email: person.email,
      },
    ]);
    const all = await owner.query("SELECT FROM audit_events e WHERE e::text LIKE '%' || $1 || '%'", [
      nobody.email,
    ]);
    expect(all.rowCount).toBe(0);
  });

  it("refuses a wrong password and an unknown address alike", async () => {
    const person = await registered();
    const answers = [];
    for (const attempt of [
      { ...person, password: "wrong password" },
      newPerson(),
      { email: "x", password: "" },
    ]) {
      const client = browser();
      const response = await client.signIn(attempt);
      answers.push({
        status: response.status,
        body: await response.json(),
        has: client.cookies.has(sessionCookieName()),
      });
    }
    expect(answers[0]).toMatchObject({ status: 401, has: false });
    expect(answers[1]).toEqual(answers[0]);
    expect(answers[2]).toEqual(answers[0]);
  });

  it("replaces the session of the same browser", async () => {
    const person = await registered();
    const client = browser();
    await client.signIn(person);
    const first = client.headers();
    await client.signIn(person);
    expect((await authenticate(first)).actor.kind).toBe("everyone");
    expect((await actorOf(client)).kind).toBe("user");
  });

  it("needs the CSRF token, and comes from here when it says where it comes from", async () => {
    const person = await registered();
    const client = browser();
    const bare = await client.call("callback/credentials", {
      method: "POST",
      headers: client.headers({ "content-type": "application/x-www-form-urlencoded" }),
      body: new URLSearchParams({ ...person, json: "true" }),
    });
    expect(client.cookies.has(sessionCookieName())).toBe(false);
    expect(((await bare.json()) as { url: string }).url).toContain("csrf=true");
    expect((await client.signIn(person, { origin: "https://evil.example" })).status).toBe(403);
    expect(client.cookies.has(sessionCookieName())).toBe(false);
    expect((await client.signIn(person, { origin: new URL(env.APP_URL).origin })).status).toBe(200);
  });

  it("goes nowhere else afterwards", async () => {
    const person = await registered();
    for (const callbackUrl of ["https://evil.example/", "//evil.example", "/\\evil.example"]) {
      const response = await browser().post("callback/credentials", { ...person, callbackUrl });
      expect(new URL(((await response.json()) as { url: string }).url).origin).toBe(
        new URL(env.APP_URL).origin,
      );
    }
  });

  const oddAddresses = [
    "javascript:alert(1)",
    "x",
    "//",
    "http://[",
    "%",
    "%00",
    "a".repeat(5000),
    "\\",
    "[object Object]",
  ];

  it("refuses to go on to what is no address", async () => {
    const person = await registered();
    for (const callbackUrl of oddAddresses) {
      const answers = [
        await browser().post("callback/credentials", { ...person, callbackUrl }),
        await browser().post("signout", { callbackUrl }),
        ...(await Promise.all(
          ["csrf", "session", "providers", "signin", "signout", "error"].map((action) =>
            browser().call(`${action}?${new URLSearchParams({ callbackUrl })}`),
          ),
        )),
      ];
      for (const answer of answers) {
        expect([callbackUrl.slice(0, 20), answer.status]).toEqual([callbackUrl.slice(0, 20), 422]);
        expect(await answer.json()).toMatchObject({
          code: "invalid_input",
          errors: [{ path: "callbackUrl" }],
        });
      }
    }
  });

  it("lets a cookie with such an address spoil nothing", async () => {
    const person = await registered();
    for (const value of [...oddAddresses.map(encodeURIComponent), "%", "|", '"', "="]) {
      const client = browser();
      client.cookies.set("next-auth.callback-url", value);
      for (const action of ["csrf", "session", "providers"])
        expect([value.slice(0, 20), (await client.call(action)).status]).toEqual([value.slice(0, 20), 200]);
    }
    const client = browser();
    client.cookies.set("next-auth.callback-url", "%");
    expect((await client.signIn(person)).status).toBe(200);
  });

  it("offers nothing but what is used", async () => {
    for (const action of ["_log", "session", "signin/credentials", "callback/other", "verify-request", ""]) {
      expect((await browser().post(action, { level: "error", code: "x" })).status, action).toBe(404);
    }
    expect((await browser().call("callback/credentials")).status).toBe(404);
  });

  it("stops guesses from one network, whatever host in it they come from", async () => {
    const network = `2001:db8:${randomUUID().slice(0, 4)}:${randomUUID().slice(0, 4)}`;
    let host = 0;
    const guesses = await untilRefused(() => {
      host += 1;
      const client = browser({ ip: `${network}::${host.toString(16)}` });
      return client.signIn(newPerson(), { "x-forwarded-for": `203.0.113.${host}` });
    });
    expect(guesses).toBeLessThanOrEqual(2 * rateClasses.signIn.most);
  });
});

/** How many tries were answered before the first was refused for being too many; gives up far above any limit. */
async function untilRefused(guess: () => Promise<Response>): Promise<number> {
  let answered = 0;
  while (answered < 500) {
    const statuses = (await Promise.all(Array.from({ length: 10 }, guess))).map(({ status }) => status);
    answered += statuses.filter((status) => status === 401).length;
    if (statuses.includes(429)) break;
  }
  return answered;
}

describe("a session", () => {
  it("is refused at the next call once its person is suspended", async () => {
    const person = await registered();
    const client = browser();
    await client.signIn(person);
    expect((await actorOf(client)).kind).toBe("user");
    await owner.query("UPDATE users SET suspended_at = now() WHERE email = $1", [person.email]);
    expect((await actorOf(client)).kind).toBe("everyone");
    expect((await browser().signIn(person)).status).toBe(401);
    expect(await (await client.call("session")).json()).toEqual({});
    expect(client.cookies.has(sessionCookieName())).toBe(false);
  });

  it("moves its end with use, and not beyond a bound", async () => {
    const person = await registered();
    const client = browser();
    await client.signIn(person);
    const { sessionId } = await authenticate(client.headers());
    const endsInDays = async () => {
      const { rows } = await owner.query(
        "SELECT round(extract(epoch FROM expires_at - now()) / 86400)::int AS days FROM sessions WHERE id = $1",
        [sessionId],
      );
      return rows[0].days as number;
    };
    const age = (days: number) =>
      owner.query(
        "UPDATE sessions SET created_at = now() - make_interval(days => $2), expires_at = now() + interval '1 day' WHERE id = $1",
        [sessionId, days],
      );
    await age(29);
    const old = client.cookies.get(sessionCookieName());
    expect(await (await client.call("session")).json()).toMatchObject({ user: { id: expect.any(String) } });
    expect(client.cookies.get(sessionCookieName())).not.toBe(old);
    expect(await endsInDays()).toBe(30);
    await age(175);
    await client.call("session");
    expect(await endsInDays()).toBe(5);
  });

  it("ends by itself", async () => {
    const client = browser();
    await client.signIn(await registered());
    const { sessionId } = await authenticate(client.headers());
    await owner.query("UPDATE sessions SET expires_at = now() WHERE id = $1", [sessionId]);
    expect((await actorOf(client)).kind).toBe("everyone");
  });

  it("belongs to its person alone", async () => {
    const [mine, theirs] = [browser(), browser()];
    await mine.signIn(await registered());
    await theirs.signIn(await registered());
    const me = (await actorOf(mine)) as UserActor;
    const { sessionId } = await authenticate(theirs.headers());
    expect((await listSessions(me, { sessionId: null })).items.map(({ id }) => id)).not.toContain(sessionId);
    await expect(revokeSession(me, sessionId!)).rejects.toMatchObject({ code: "not_found" });
    expect((await actorOf(theirs)).kind).toBe("user");
  });

  it("can be ended from another one", async () => {
    const person = await registered();
    const [here, there] = [browser(), browser()];
    await here.signIn(person);
    await there.signIn(person);
    const me = (await actorOf(here)) as UserActor;
    const { sessionId } = await authenticate(there.headers());
    await revokeSession(me, sessionId!);
    expect((await actorOf(there)).kind).toBe("everyone");
    expect((await actorOf(here)).kind).toBe("user");
    await expect(revokeSession(me, sessionId!)).rejects.toMatchObject({ code: "not_found" });
  });

  it("outlives a password change only where the password was changed", async () => {
    const person = await registered();
    const [here, there] = [browser(), browser()];
    await here.signIn(person);
    await there.signIn(person);
    const { actor, sessionId } = await authenticate(here.headers());
    const change = { currentPassword: person.password, newPassword: "a new and longer password" };
    await expect(
      changePassword(actor as UserActor, sessionId, { ...change, currentPassword: "wrong" }),
    ).rejects.toMatchObject({ code: "forbidden", reason: "wrong_password" });
    expect((await actorOf(there)).kind).toBe("user");
    await changePassword(actor as UserActor, sessionId, change);
    expect((await actorOf(here)).kind).toBe("user");
    expect((await actorOf(there)).kind).toBe("everyone");
    expect((await browser().signIn(person)).status).toBe(401);
    expect((await browser().signIn({ ...person, password: change.newPassword })).status).toBe(200);
  });

  it("changes its password once when two changes race on the same proof", async () => {
    const person = await registered();
    const client = browser();
    await client.signIn(person);
    const { actor, sessionId } = await authenticate(client.headers());
    const results = await Promise.allSettled(
      ["first new password", "second new password"].map((newPassword) =>
        changePassword(actor as UserActor, sessionId, { currentPassword: person.password, newPassword }),
      ),
    );
    expect(results.map(({ status }) => status).toSorted()).toEqual(["fulfilled", "rejected"]);
  });
});

describe("a cookie that is not ours", () => {
  it("makes its bearer nobody", async () => {
    const client = browser();
    await client.signIn(await registered());
    const { sessionId } = await authenticate(client.headers());
    const good = client.cookies.get(sessionCookieName())!;
    const forged = [
      "",
      "x",
      "null",
      good.slice(0, -4),
      `${good}x`,
      good.split(".").toReversed().join("."),
      await encode({ token: { sessionId: sessionId! }, secret: "another secret of the right length, yes" }),
      await encode({ token: { sessionId: sessionId! }, secret: env.AUTH_SECRET, maxAge: -60 }),
      await encode({ token: { sessionId: randomUUID() }, secret: env.AUTH_SECRET }),
      await encode({ token: { sessionId: "' OR true --" }, secret: env.AUTH_SECRET }),
      await encode({
        token: { sub: (await authenticate(client.headers())).sessionId! },
        secret: env.AUTH_SECRET,
      }),
      await encode({ token: { message: "There is a problem" }, secret: env.AUTH_SECRET }),
      `${Buffer.from('{"alg":"none"}').toString("base64url")}.${Buffer.from(JSON.stringify({ sessionId })).toString("base64url")}.`,
    ];
    for (const cookie of forged) {
      const headers = new Headers({ cookie: `${sessionCookieName()}=${cookie}` });
      expect((await authenticate(headers)).actor.kind, cookie).toBe("everyone");
    }
    expect((await actorOf(client)).kind).toBe("user");
  });
});

describe("a configuration that is not usable", () => {
  it.each([{ AUTH_SECRET: "" }, { AUTH_SECRET: "short" }, { APP_URL: "nonsense" }, { DATABASE_URL: "" }])(
    "lets nobody in: %j",
    async (fault) => {
      const person = await registered();
      const client = browser();
      await client.signIn(person);
      const headers = client.headers({ "content-type": "application/x-www-form-urlencoded" });
      for (const [name, value] of Object.entries(fault)) vi.stubEnv(name, value);
      vi.resetModules();
      try {
        const broken = await import("./auth-handler.ts");
        for (const [method, action] of [
          ["GET", "session"],
          ["GET", "csrf"],
          ["POST", "callback/credentials"],
        ] as const) {
          const body = method === "POST" ? new URLSearchParams({ ...person, json: "true" }) : undefined;
          const request = new Request(`http://localhost/api/auth/${action}`, { method, headers, body });
          await expect(broken.handleAuth(request, action.split("/")), action).rejects.toThrow(
            "configuration",
          );
        }
        const { authenticate: brokenAuthenticate } = await import("#lib/auth/index.ts");
        await expect(brokenAuthenticate(client.headers())).rejects.toThrow("configuration");
      } finally {
        vi.unstubAllEnvs();
        vi.resetModules();
      }
    },
  );
});
