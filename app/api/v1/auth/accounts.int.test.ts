import { randomUUID } from "node:crypto";
import { expect, it } from "vitest";
import { authenticate, sessionCookieName } from "#lib/auth/index.ts";
import {
  browser,
  eventually,
  mailsTo,
  newPerson,
  randomIp,
  secretMailedTo,
  timeRatio,
} from "#lib/accounts/test-support.ts";
import { env } from "#lib/env/index.ts";
import * as me from "../me/route.ts";
import * as password from "../me/password/route.ts";
import * as sessions from "../me/sessions/route.ts";
import * as session from "../me/sessions/[id]/route.ts";
import * as tokens from "../me/tokens/route.ts";
import * as token from "../me/tokens/[id]/route.ts";
import * as settings from "../settings/route.ts";
import * as passwordReset from "./password-reset/route.ts";
import * as confirm from "./password-reset/confirm/route.ts";
import * as register from "./register/route.ts";

type Handler = (request: Request, context: { params: Promise<Record<string, string>> }) => Promise<Response>;

/** Calls a route as its caller would: JSON in, JSON out. */
async function call(
  handler: Handler & { declaration: { method: string; path: string } },
  {
    body,
    headers = new Headers(),
    params = {},
  }: { body?: unknown; headers?: Headers; params?: Record<string, string> } = {},
) {
  const { method, path } = handler.declaration;
  const sent = new Headers(headers);
  if (body !== undefined) sent.set("content-type", "application/json");
  if (!sent.has("x-sheaf-address")) sent.set("x-sheaf-address", randomIp());
  const request = new Request(new URL(path, env.APP_URL), {
    method,
    headers: sent,
    body: body === undefined ? undefined : JSON.stringify(body),
  });
  const response = await handler(request, { params: Promise.resolve(params) });
  const text = await response.text();
  return { status: response.status, headers: response.headers, body: text ? JSON.parse(text) : undefined };
}

const bearer = (secret: string) => new Headers({ authorization: `Bearer ${secret}` });
const origin = { origin: new URL(env.APP_URL).origin };

async function signedIn() {
  const person = newPerson();
  await call(register.POST, { body: person });
  const client = browser();
  expect((await client.signIn(person)).status).toBe(200);
  return { person, client, headers: () => client.headers(origin) };
}

it("signs up, signs in and says who one is", async () => {
  const { person, headers } = await signedIn();
  const found = await call(me.GET, { headers: headers() });
  expect(found.status).toBe(200);
  expect(found.headers.get("cache-control")).toBe("private, no-store");
  expect(found.body).toEqual(me.GET.declaration.answers[200]!.parse(found.body));
  expect(found.body).toMatchObject({ email: person.email, name: person.name, language: "en" });
});

it("answers a taken address like a new one", async () => {
  const person = newPerson();
  const answers = [];
  for (const body of [person, { ...newPerson(), email: person.email }]) {
    const { status, body: answer, headers } = await call(register.POST, { body });
    answers.push({ status, answer, headers: [...headers.keys()].toSorted() });
  }
  expect(answers[0]).toMatchObject({ status: 201 });
  expect(answers[1]).toEqual(answers[0]);
});

it.each([
  { email: '"e@a"@example.org' },
  { email: "e＠example.org" },
  { email: "a@example.org, b@example.org" },
  { email: ["a@example.org", "b@example.org"] },
  { email: "a\u0000@example.org" },
  { name: "a\u0000b" },
  { name: "" },
  { password: "short" },
  { password: "x".repeat(129) },
  { email: undefined },
])("refuses to register %j", async (fault) => {
  const { status, body } = await call(register.POST, { body: { ...newPerson(), ...fault } });
  expect(status).toBe(422);
  expect(body.errors[0]).toMatchObject({
    path: Object.keys(fault)[0],
    message: expect.stringMatching(/\.$/),
  });
});

it("answers a reset of any address alike, and sets the new password", async () => {
  const { person, headers } = await signedIn();
  const known = await call(passwordReset.POST, { body: { email: person.email } });
  const unknown = await call(passwordReset.POST, { body: { email: newPerson().email } });
  expect([known.status, known.body]).toEqual([202, undefined]);
  expect([unknown.status, unknown.body]).toEqual([202, undefined]);
  const secret = await secretMailedTo(person.email);
  const changed = { token: secret, password: "the one after the reset" };
  expect((await call(confirm.POST, { body: changed })).status).toBe(204);
  const again = await call(confirm.POST, { body: changed });
  expect(again.status).toBe(422);
  expect(again.body.title).toBe("This link no longer works");
  expect((await call(me.GET, { headers: headers() })).status).toBe(401);
  expect((await browser().signIn({ ...person, password: changed.password })).status).toBe(200);
});

it("answers a reset of any address in the same time", async () => {
  const { person } = await signedIn();
  const ask = async (email: string) =>
    expect((await call(passwordReset.POST, { body: { email } })).status).toBe(202);
  const ratio = await timeRatio(
    () => ask(person.email),
    () => ask(newPerson().email),
  );
  expect(ratio).toBeLessThan(1.1);
});

it("mails in the reader's language", async () => {
  const person = newPerson();
  const german = new Headers({ "accept-language": "de-AT,de;q=0.9" });
  await call(register.POST, { body: person, headers: german });
  await call(passwordReset.POST, { body: { email: person.email } });
  const [mail] = await eventually(async () => {
    const mails = await mailsTo(person.email);
    return mails.length > 0 ? mails : null;
  });
  expect(mail!.subject).toBe("Neues Passwort wählen");
});

it("takes no broken cookie, and no token's place with one", async () => {
  const { client, headers } = await signedIn();
  for (const value of ["", "garbage", "a.b.c.d.e", "%00", "x".repeat(5000)]) {
    const broken = new Headers({ cookie: `${sessionCookieName()}=${value}` });
    expect((await call(me.GET, { headers: broken })).status, value).toBe(401);
  }
  const both = client.headers({ authorization: "Bearer sheaf_nothing" });
  expect((await call(me.GET, { headers: both })).status).toBe(401);
  expect((await call(me.GET, { headers: headers() })).status).toBe(200);
});

it("takes writes by cookie only from our own pages", async () => {
  const { client, headers } = await signedIn();
  const body = { name: "Changed" };
  const elsewhere = client.headers({ origin: "https://evil.example" });
  expect((await call(settings.PATCH, { body, headers: elsewhere })).status).toBe(403);
  expect((await call(settings.PATCH, { body, headers: client.headers() })).status).toBe(403);
  const changed = await call(settings.PATCH, { body, headers: headers() });
  expect(changed.status).toBe(200);
  expect(changed.body.profile.name).toBe("Changed");
  expect(changed.body).toEqual(settings.PATCH.declaration.answers[200]!.parse(changed.body));
});

it("remembers the language in the account and in the browser", async () => {
  const { headers } = await signedIn();
  const changed = await call(settings.PATCH, { body: { language: "de" }, headers: headers() });
  expect(changed.headers.get("set-cookie")).toMatch(/^sheaf-locale=de; Path=\//);
  expect((await call(settings.GET, { headers: headers() })).body).toMatchObject({
    profile: { language: "de" },
    quota: { tier: "free", storageBytes: { used: 0, limit: env.FREE_STORAGE_BYTES } },
    limits: { maxUploadBytes: env.MAX_UPLOAD_BYTES },
  });
  expect((await call(settings.PATCH, { body: { language: "fr" }, headers: headers() })).status).toBe(422);
});

it("changes the password for whoever knows the current one", async () => {
  const { person, client, headers } = await signedIn();
  const other = browser();
  await other.signIn(person);
  const wrong = await call(password.PUT, {
    body: { currentPassword: "not it", newPassword: "long enough to do" },
    headers: headers(),
  });
  expect([wrong.status, wrong.body.title]).toEqual([403, "Password not right"]);
  const body = { currentPassword: person.password, newPassword: "long enough to do" };
  expect((await call(password.PUT, { body, headers: headers() })).status).toBe(204);
  expect((await call(me.GET, { headers: other.headers() })).status).toBe(401);
  expect((await call(me.GET, { headers: client.headers() })).status).toBe(200);
});

it("lists and ends one's own sessions, and nobody else's", async () => {
  const [mine, theirs] = [await signedIn(), await signedIn()];
  const { sessionId: foreign } = await authenticate(theirs.headers());
  const list = await call(sessions.GET, { headers: mine.headers() });
  expect(list.body).toEqual(sessions.GET.declaration.answers[200]!.parse(list.body));
  expect(list.body.items).toHaveLength(1);
  for (const id of [foreign!, randomUUID()]) {
    expect((await call(session.DELETE, { headers: mine.headers(), params: { id } })).status).toBe(404);
  }
  expect((await call(session.DELETE, { headers: mine.headers(), params: { id: "x" } })).status).toBe(422);
  expect((await call(me.GET, { headers: theirs.headers() })).status).toBe(200);
  const own = list.body.items[0].id as string;
  expect((await call(session.DELETE, { headers: mine.headers(), params: { id: own } })).status).toBe(204);
  expect((await call(me.GET, { headers: mine.headers() })).status).toBe(401);
});

it("makes tokens for scripts, and ends them", async () => {
  const [mine, theirs] = [await signedIn(), await signedIn()];
  const made = await call(tokens.POST, { body: { name: "Script", scope: "admin" }, headers: mine.headers() });
  expect(made.status).toBe(201);
  expect(made.body.scope).toBe("admin");
  const days = (new Date(made.body.expiresAt).getTime() - Date.now()) / 86_400_000;
  expect(Math.round(days)).toBe(90);
  const script = bearer(made.body.token);
  expect((await call(me.GET, { headers: script })).body.email).toBe(mine.person.email);
  // a script needs no origin, and makes no more tokens
  expect((await call(settings.PATCH, { body: { name: "By script" }, headers: script })).status).toBe(200);
  const more = await call(tokens.POST, { body: { name: "More" }, headers: script });
  expect([more.status, more.body.title]).toEqual([403, "Sign in first"]);
  // nor does it look at sessions, or end them, or itself
  const params = { id: made.body.id as string };
  for (const handler of [sessions.GET, sessions.DELETE, tokens.GET])
    expect((await call(handler, { headers: script })).body.title).toBe("Sign in first");
  expect((await call(token.DELETE, { headers: script, params })).body.title).toBe("Sign in first");
  expect((await call(me.GET, { headers: mine.headers() })).status).toBe(200);
  const plain = await call(tokens.POST, { body: { name: "Plain" }, headers: mine.headers() });
  expect(plain.body.scope).toBe("read");
  const reading = bearer(plain.body.token);
  expect((await call(me.GET, { headers: reading })).status).toBe(200);
  const refused = await call(settings.PATCH, { body: { name: "By script" }, headers: reading });
  expect([refused.status, refused.body.title]).toEqual([403, "Your token may not do this"]);
  expect((await call(token.DELETE, { headers: mine.headers(), params: { id: plain.body.id } })).status).toBe(
    204,
  );
  expect((await call(token.DELETE, { headers: theirs.headers(), params })).status).toBe(404);
  expect((await call(token.DELETE, { headers: mine.headers(), params })).status).toBe(204);
  expect((await call(me.GET, { headers: script })).status).toBe(401);
  expect((await call(tokens.GET, { headers: mine.headers() })).body).toEqual({ items: [], nextCursor: null });
});
