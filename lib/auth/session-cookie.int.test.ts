import { randomBytes, randomUUID } from "node:crypto";
import { encode } from "next-auth/jwt";
import { describe, expect, it } from "vitest";
import { makePerson } from "#prisma/factories.ts";
import { handleAuth } from "#lib/accounts/auth-handler.ts";
import { browser, randomIp, registered } from "#lib/accounts/test-support.ts";
import { env } from "#lib/env/index.ts";
import { leastCpuMs, tokenOf } from "#lib/http/test-support.ts";
import { authenticate, sessionCookieIn, sessionCookieName, tokenPrefix } from "./index.ts";

const session = sessionCookieName();
const head = Buffer.from('{"alg":"dir","enc":"A256GCM"}').toString("base64url");
const random = (bytes: number) => randomBytes(bytes).toString("base64url");
/** What nobody sealed, in the form of what is sealed. */
const forged = () => `${head}..${random(12)}.${random(200)}.${random(16)}`;
const headersOf = (cookie: string, ip = randomIp()) => new Headers({ cookie, "x-sheaf-address": ip });

describe("a session cookie", () => {
  it("is looked at in the form in which it is issued, and in no other", async () => {
    const token = { sub: randomUUID(), sessionId: randomUUID() };
    const issued = await encode({ token, secret: env.AUTH_SECRET, maxAge: 2 ** 40 });
    expect(sessionCookieIn(`a=b; ${session}=${issued}; ${session}=x`)).toBe(issued);
    const other = (header: object) =>
      issued.replace(head, Buffer.from(JSON.stringify(header)).toString("base64url"));
    for (const text of [
      "",
      "x".repeat(16_000),
      `${issued}x`,
      `${issued}.`,
      issued.replace("..", ".x."),
      other({ alg: "PBES2-HS512+A256KW", enc: "A256GCM", p2c: 10_000, p2s: "c2FsdHNhbHQ" }),
      other({ alg: "dir", enc: "A256GCM", zip: "DEF" }),
      other({ alg: "dir", enc: "A128CBC-HS256" }),
      `${head}..${random(12)}.${random(400)}.${random(16)}`,
    ])
      expect(sessionCookieIn(`${session}=${text}`), text.slice(0, 100)).toBeNull();
    // never split, so never put together
    expect(
      sessionCookieIn(`${session}.0=${issued.slice(0, 99)}; ${session}.1=${issued.slice(99)}`),
    ).toBeNull();
  });

  it("in hundreds of pieces costs next to nothing, at every way in", async () => {
    const pieces = Array.from({ length: 520 }, (_, index) => `${session}.${index * 7919}=x`).join("; ");
    const large = `${session}=${"x".repeat(15_000)}`;
    for (const cookie of [pieces, large, ";".repeat(15_000), `${session}=;`.repeat(500)]) {
      const headers = headersOf(cookie);
      expect((await authenticate(headers)).actor.kind).toBe("everyone");
      expect(await leastCpuMs(() => authenticate(headers))).toBeLessThan(5);
      const ask = () => handleAuth(new Request(`${env.APP_URL}/api/auth/session`, { headers }), ["session"]);
      expect(await (await ask()).json()).toEqual({});
      expect(await leastCpuMs(ask)).toBeLessThan(25);
    }
  });
});

describe("credentials of nobody", () => {
  it("count before they are looked at, and against no one who has a good one", async () => {
    const ip = randomIp();
    const person = await registered();
    const client = browser({ ip });
    await client.signIn(person);
    const holder = await makePerson();
    const token = await tokenOf(holder);
    const byToken = new Headers({ authorization: `Bearer ${token}`, "x-sheaf-address": ip });
    for (const headers of [client.headers(), byToken])
      expect((await authenticate(headers)).actor.kind).toBe("user");

    const tries = { cookie: 0, token: 0 };
    const half = Math.ceil(3000 * env.RATE_LIMIT_FACTOR) / 2;
    for (; tries.cookie < half; tries.cookie++)
      expect((await authenticate(headersOf(`${session}=${forged()}`, ip))).actor.kind).toBe("everyone");
    const unknown = () =>
      new Headers({ authorization: `Bearer ${tokenPrefix}${random(32)}`, "x-sheaf-address": ip });
    for (; tries.token < half; tries.token++)
      expect((await authenticate(unknown())).actor.kind).toBe("everyone");
    for (const headers of [headersOf(`${session}=${forged()}`, ip), unknown()])
      await expect(authenticate(headers)).rejects.toMatchObject({ code: "rate_limited" });

    for (const headers of [client.headers(), byToken])
      expect((await authenticate(headers)).actor.kind).toBe("user");
    expect((await authenticate(headersOf(`${session}=${forged()}`))).actor.kind).toBe("everyone");
  });

  it("are remembered: one cookie sent again and again counts once", async () => {
    const headers = headersOf(`${session}=${forged()}`);
    const most = Math.ceil(3000 * env.RATE_LIMIT_FACTOR);
    for (let call = 0; call <= most; call++)
      expect((await authenticate(headers)).actor.kind).toBe("everyone");
  });
});
