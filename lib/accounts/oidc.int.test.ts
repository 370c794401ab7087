import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { asOwner } from "#prisma/factories.ts";
import { authenticate, sessionCookieName } from "#lib/auth/index.ts";
import { type UserActor } from "#lib/authz/actor.ts";
import { type Account, startProvider } from "./testing/provider.ts";
import { fromBase32, stepAt, totpCode } from "./testing/authenticator.ts";

const client = { clientId: "sheaf", clientSecret: "a secret between the two of us" };
const home = "http://localhost:3000";
let provider: Awaited<ReturnType<typeof startProvider>>;
let accounts: typeof import("./index.ts");
let support: typeof import("./test-support.ts");
beforeAll(async () => {
  provider = await startProvider({
    ...client,
    redirectUri: `${home}/api/auth/callback/oidc`,
    isInIdToken: false,
  });
  vi.stubEnv("NEXTAUTH_URL", home);
  vi.stubEnv("APP_URL", home);
  vi.stubEnv("OIDC_ISSUER", provider.issuer);
  vi.stubEnv("OIDC_CLIENT_ID", client.clientId);
  vi.stubEnv("OIDC_CLIENT_SECRET", client.clientSecret);
  vi.stubEnv("OIDC_NAME", "Acme");
  accounts = await import("./index.ts");
  support = await import("./test-support.ts");
});
afterAll(async () => {
  await provider.stop();
  vi.unstubAllEnvs();
});

type Browser = ReturnType<(typeof support)["browser"]>;
const someone = (overrides: Partial<Account> = {}): Account => ({
  sub: randomUUID(),
  email: `${randomUUID()}@example.org`,
  email_verified: true,
  name: "Grace Hopper",
  ...overrides,
});

/** Where next-auth sends a browser that wants to sign in, at the provider. */
async function leave(browser: Browser, callbackUrl = "/"): Promise<string> {
  const answer = await browser.post("signin/oidc", { callbackUrl });
  return ((await answer.json()) as { url: string }).url;
}
/** What comes back from the provider, as the action of our route. */
const actionOf = (url: string) => url.slice(url.indexOf("/api/auth/") + "/api/auth/".length);
/** The whole way. Where it ended: a path of ours. */
async function signInAs(account: Account, browser: Browser = support.browser(), callbackUrl = "/") {
  provider.choose(account);
  const back = await provider.visit(await leave(browser, callbackUrl));
  const answer = await browser.call(actionOf(back));
  return { browser, back, path: (answer.headers.get("location") ?? "").replace(home, "") };
}
const actorOf = async (browser: Browser) => (await authenticate(browser.headers())).actor;
const viewerOf = async (browser: Browser) => accounts.getViewer((await actorOf(browser)) as UserActor);
const idOf = async (email: string) =>
  (await asOwner<{ id: string }>("SELECT id FROM users WHERE email = $1", [email]))[0]?.id;
const isOut = async ({ browser, path }: Awaited<ReturnType<typeof signInAs>>, error: string) => {
  expect(path).toBe(`/sign-in?error=${error}`);
  expect(browser.cookies.has(sessionCookieName())).toBe(false);
};

describe("a sign-in by an OpenID provider", () => {
  it("asks with state, nonce and PKCE, and makes an account for a verified address", async () => {
    const grace = someone();
    const browser = support.browser();
    const asked = new URL(await leave(browser, "/settings")).searchParams;
    for (const name of ["state", "nonce", "code_challenge"]) expect(asked.get(name), name).toBeTruthy();
    expect(asked.get("code_challenge_method")).toBe("S256");

    const { path } = await signInAs(grace, browser, "/settings");
    expect(path).toBe("/settings");
    expect(await viewerOf(browser)).toMatchObject({
      email: grace.email,
      name: grace.name,
      isEmailVerified: true,
      workspace: { role: "admin" },
    });
    expect(browser.cookies.has("sheaf-device")).toBe(true);
    const { sessionId } = await authenticate(browser.headers());
    const [entry] = await asOwner("SELECT metadata FROM audit_events WHERE resource_id = $1", [sessionId]);
    expect(entry).toEqual({ metadata: { way: "oidc" } });
    // no password was set, and none fits
    expect((await support.browser().signIn({ email: grace.email!, password: "" })).status).toBe(401);
  });

  it("finds the same account by the provider's own name, whatever the addresses are by now", async () => {
    const grace = someone();
    const first = await signInAs(grace);
    const { id } = await viewerOf(first.browser);
    const victim = await support.registered();
    const changed = await signInAs({ ...grace, email: victim.email, email_verified: true });
    expect(await viewerOf(changed.browser)).toMatchObject({ id, email: grace.email });
    const unverified = await signInAs({ ...grace, email: "new@example.org", email_verified: false });
    expect((await viewerOf(unverified.browser)).id).toBe(id);
  });

  it("links an account with the same proven address, and tells it", async () => {
    const person = await support.registered();
    const { browser } = await signInAs(someone({ email: person.email.toUpperCase() }));
    expect(await viewerOf(browser)).toMatchObject({ email: person.email, name: person.name });
    const mails = await support.eventually(async () => {
      const found = await support.mailsTo(person.email);
      return found.length > 0 ? found : null;
    });
    expect(mails.map(({ subject }) => subject)).toEqual(["Acme opens your account"]);
    // the password still fits
    expect((await support.browser().signIn(person)).status).toBe(200);
  });

  it.each([false, "true", 1, undefined, null, { is: true }])(
    "neither links nor makes anything for an address whose proof is %j",
    async (proof) => {
      const person = await support.registered();
      const stranger = someone({ email_verified: proof });
      await isOut(
        await signInAs(someone({ email: person.email, email_verified: proof })),
        "identity_unverified",
      );
      await isOut(await signInAs(stranger), "identity_unverified");
      expect(await idOf(stranger.email!)).toBeUndefined();
      expect(await asOwner("SELECT FROM identities WHERE email = $1", [person.email])).toEqual([]);
    },
  );

  it.each(["no address", 'e"@a"@example.org', "a@example.org,b@example.org", "a@example.org\0"])(
    "takes %j for no address",
    async (email) => isOut(await signInAs(someone({ email })), "identity_unverified"),
  );

  it("links no account that somebody else could have registered", async () => {
    const person = await support.registered();
    await asOwner("UPDATE users SET email_verified_at = NULL WHERE email = $1", [person.email]);
    await isOut(await signInAs(someone({ email: person.email })), "identity_unproven");
  });

  it("refuses the suspended, guests, and whoever has a mailbox after somebody else", async () => {
    const grace = someone();
    await signInAs(grace);
    // a new employee with the address of an old one
    await isOut(await signInAs(someone({ email: grace.email })), "identity_refused");
    await asOwner("UPDATE users SET suspended_at = now() WHERE email = $1", [grace.email]);
    await isOut(await signInAs(grace), "identity_refused");

    const [suspended, guest] = [await support.registered(), await support.registered()];
    await asOwner("UPDATE users SET suspended_at = now() WHERE email = $1", [suspended.email]);
    await asOwner("UPDATE users SET is_external = true, workspace_role = 'guest' WHERE email = $1", [
      guest.email,
    ]);
    for (const { email } of [suspended, guest])
      await isOut(await signInAs(someone({ email })), "identity_refused");
  });

  it("makes one account of many first sign-ins at once", async () => {
    const grace = someone();
    provider.choose(grace);
    const browsers = Array.from({ length: 4 }, () => support.browser());
    const backs = await Promise.all(browsers.map(async (one) => provider.visit(await leave(one))));
    await Promise.all(browsers.map((one, index) => one.call(actionOf(backs[index]!))));
    const ids = await Promise.all(browsers.map(async (one) => (await viewerOf(one)).id));
    expect(new Set(ids).size).toBe(1);
  });

  it("asks for the second factor where one is on, and goes on from there", async () => {
    const { person, actor, sessionId } = await support.signedIn();
    const { secret } = await accounts.setUpSecondFactor(actor, sessionId, { password: person.password });
    const [key, step] = [fromBase32(secret), stepAt(Date.now())];
    await accounts.activateSecondFactor(actor, { code: totpCode(key, step) });
    const { browser, path } = await signInAs(
      someone({ email: person.email }),
      support.browser(),
      "/trash?x=1",
    );
    expect(browser.cookies.has(sessionCookieName())).toBe(false);
    const asked = new URL(path, home);
    expect([asked.pathname, asked.searchParams.get("next")]).toEqual(["/sign-in/link", "/trash?x=1"]);
    const token = asked.searchParams.get("token")!;
    expect(await accounts.findMagicLink(token)).toEqual({ email: person.email, isCodeNeeded: true });
    const fields = { token, callbackUrl: "/" };
    expect((await browser.post("callback/magic-link", { ...fields, code: "000000" })).status).toBe(401);
    const code = totpCode(key, step + 1);
    expect((await browser.post("callback/magic-link", { ...fields, code })).status).toBe(200);
    expect(await viewerOf(browser)).toMatchObject({ email: person.email });
  });
});

describe("an answer that is not the provider's to this browser", () => {
  const failed = expect.stringMatching(/^\/sign-in OAuthCallback$|^\/sign-in Callback$/);
  /** Where next-auth leads the browser in the end, and why. */
  const comeBack = async (browser: Browser, back: string) => {
    let url = new URL(back, home);
    for (let hop = 0; hop < 4 && url.pathname.startsWith("/api/auth/"); hop++)
      url = new URL((await browser.call(actionOf(url.href))).headers.get("location") ?? "", home);
    expect(browser.cookies.has(sessionCookieName())).toBe(false);
    return `${url.pathname} ${url.searchParams.get("error")}`;
  };

  it("is refused with the state, nonce or verifier of another sign-in, or without", async () => {
    provider.choose(someone());
    for (const name of ["state", "nonce", "pkce.code_verifier"]) {
      const [mine, other] = [support.browser(), support.browser()];
      const back = await provider.visit(await leave(mine));
      await leave(other);
      const cookie = [...mine.cookies.keys()].find((key) => key.endsWith(`next-auth.${name}`))!;
      mine.cookies.set(cookie, other.cookies.get(cookie)!);
      expect(await comeBack(mine, back), name).toEqual(failed);
      const bare = support.browser();
      const second = await provider.visit(await leave(bare));
      bare.cookies.delete(cookie);
      expect(await comeBack(bare, second), name).toEqual(failed);
    }
  });

  it("is refused in a browser that did not ask (login CSRF), and twice", async () => {
    const { browser, back } = await signInAs(someone());
    expect((await actorOf(browser)).kind).toBe("user");
    expect(await comeBack(support.browser(), back)).toEqual(failed);
    // the same browser, as it was when it asked: the provider does not take the code again
    const asking = support.browser();
    provider.choose(someone());
    const once = await provider.visit(await leave(asking));
    const before = new Map(asking.cookies);
    await asking.call(actionOf(once));
    asking.cookies.clear();
    for (const [name, value] of before) asking.cookies.set(name, value);
    expect(await comeBack(asking, once)).toEqual(failed);
  });

  it("is refused when it says so itself, and for a made-up code", async () => {
    const browser = support.browser();
    const { searchParams } = new URL(await leave(browser));
    const state = searchParams.get("state")!;
    expect(await comeBack(browser, `/api/auth/callback/oidc?error=access_denied&state=${state}`)).toEqual(
      failed,
    );
    await leave(browser);
    expect(await comeBack(browser, `/api/auth/callback/oidc?code=guessed&state=${state}`)).toEqual(failed);
  });

  it("is refused from an issuer that is not the configured one", async () => {
    const { verifyIdentity } = await import("./identities.ts");
    const claims = { ...someone(), iss: "https://evil.example" };
    await expect(verifyIdentity(claims, support.origin())).rejects.toMatchObject({
      reason: "identity_refused",
    });
    for (const odd of [null, {}, { iss: provider.issuer }, { iss: provider.issuer, sub: "\0" }])
      await expect(verifyIdentity(odd, support.origin())).rejects.toMatchObject({
        reason: "identity_refused",
      });
  });
});

describe("a linked identity", () => {
  it("is listed and taken off by its person alone, where another way in is left", async () => {
    const person = await support.registered();
    const account = someone({ email: person.email });
    const { browser } = await signInAs(account);
    const actor = (await actorOf(browser)) as UserActor;
    const { items } = await accounts.listIdentities(actor);
    expect(items).toMatchObject([{ name: "Acme", email: person.email }]);
    const stranger = (await support.signedIn()).actor;
    expect((await accounts.listIdentities(stranger)).items).toEqual([]);
    await expect(accounts.unlinkIdentity(stranger, items[0]!.id)).rejects.toMatchObject({
      code: "not_found",
    });
    const settled = await Promise.allSettled([1, 2].map(() => accounts.unlinkIdentity(actor, items[0]!.id)));
    expect(settled.map(({ status }) => status).toSorted()).toEqual(["fulfilled", "rejected"]);
    expect((await accounts.listIdentities(actor)).items).toEqual([]);
  });

  it("stays where nothing else would sign the person in", async () => {
    const { browser } = await signInAs(someone());
    const actor = (await actorOf(browser)) as UserActor;
    const [identity] = (await accounts.listIdentities(actor)).items;
    await expect(accounts.unlinkIdentity(actor, identity!.id)).rejects.toMatchObject({
      code: "conflict",
      reason: "last_way_in",
    });
    await asOwner(
      "INSERT INTO identities (user_id, issuer, subject) VALUES ($1, 'https://old.example', 'x')",
      [actor.id],
    );
    const { items } = await accounts.listIdentities(actor);
    expect(items.map(({ name }) => name)).toEqual(["Acme", "old.example"]);
    // of two at once, one stays
    const settled = await Promise.allSettled(items.map(({ id }) => accounts.unlinkIdentity(actor, id)));
    expect(settled.map(({ status }) => status).toSorted()).toEqual(["fulfilled", "rejected"]);
  });
});
