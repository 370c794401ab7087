import fc from "fast-check";
import { beforeAll, describe, expect, it, vi } from "vitest";
import * as authForms from "#app/(auth)/forms.ts";
import * as workspaceForms from "#app/(workspace)/forms.ts";
import * as linkForms from "#app/share/[token]/forms.ts";
import { makeDocument, makePerson } from "#prisma/factories.ts";
import { browser, registered } from "#lib/accounts/test-support.ts";
import { handleAuth } from "#lib/accounts/auth-handler.ts";
import { createToken } from "#lib/accounts/index.ts";
import { authenticate } from "#lib/auth/index.ts";
import { type UserActor } from "#lib/authz/actor.ts";
import { createCollection } from "#lib/collections/index.ts";
import { env } from "#lib/env/index.ts";
import { createGroup } from "#lib/groups/index.ts";
import { openApiDocument } from "#lib/http/openapi.ts";
import { mostBodyBytesOf } from "#lib/http/route.ts";
import { leastCpuMs } from "#lib/http/test-support.ts";
import { createRole } from "#lib/roles/index.ts";
import { grant } from "#lib/sharing/index.ts";
import { inviteMembers } from "#lib/workspaces/index.ts";
import {
  anyBody,
  hostileBodies,
  hostileHeaders,
  hostileTexts,
  hostileTypes,
  hostileValues,
  type InputSchema,
  sound,
} from "./hostile.ts";
import { handlers } from "./handlers.ts";

// nothing is refused for its number here
vi.hoisted(() => (process.env.RATE_LIMIT_FACTOR = "0"));

/** No input may hold the event loop for longer. */
const MOST_MS = 50;
/** Queries come with the address; the server takes no longer one. */
const MOST_QUERY = 8000;
/**
 * Calls measured as one, which is enough where all of them together stay below; else by halves. So few that they mostly
 * do: halves are asked again.
 */
const AT_ONCE = 8;

interface Call {
  label: string;
  query?: Record<string, unknown>;
  params?: Record<string, unknown>;
  body?: string | Uint8Array<ArrayBuffer>;
  headers?: Record<string, string>;
}

const document = openApiDocument(
  handlers.map(({ declaration }) => declaration),
  "http://localhost",
);
interface Operation {
  parameters: { name: string; in: "path" | "query"; schema: InputSchema; required: boolean }[];
  requestBody?: { content: { "application/json": { schema: InputSchema } } };
}
const operationOf = ({ method, path }: (typeof handlers)[number]["declaration"]) =>
  document.paths[path]![method.toLowerCase()] as Operation;

/** One person's world: what the routes' ids name. */
async function makeWorld() {
  const person = await registered();
  const client = browser();
  await client.signIn(person);
  const { actor, sessionId } = await authenticate(client.headers());
  const me = actor as UserActor;
  const collection = await createCollection(me, { name: "Letters", description: "" });
  const document = await makeDocument(me, collection.id);
  const group = await createGroup(me, { name: "Press", description: "" });
  const child = await createGroup(me, { name: "Radio", description: "" });
  const role = await createRole(me, { name: "Reader", description: "", permissions: ["view_documents"] });
  const token = await createToken(me, { name: "Script", scope: "read", expiresInDays: 9 });
  const given = await grant(
    me,
    { type: "collection", id: collection.id },
    { email: "a@example.net", role: "viewer" },
  );
  await inviteMembers(me, { emails: ["b@example.net"], role: "member" });
  const other = await makePerson();
  const ids: [start: string, id: string][] = [
    ["/api/v1/collections", collection.id],
    ["/api/v1/documents", document.id],
    ["/api/v1/groups", group.id],
    ["/api/v1/roles", role.id],
    ["/api/v1/me/tokens", token.id],
    ["/api/v1/me/sessions", sessionId!],
    ["/api/v1/workspace/members", me.id],
  ];
  const known = {
    collectionId: collection.id,
    groupId: child.id,
    userId: me.id,
    grantId: given.id,
    role: "viewer",
    userIds: [me.id],
    roleId: role.id,
    email: "c@example.net",
    emails: ["d@example.net"],
    filename: "notes.txt",
    contentType: "text/plain",
    sha256: "0".repeat(64),
    version: 1,
    permissions: ["view_documents"],
  };
  return {
    known,
    params: (path: string) => ({
      id: ids.find(([start]) => path.startsWith(start))?.[1] ?? other.id,
      collaboratorId: given.id,
      childId: child.id,
    }),
    headers: Object.fromEntries(client.headers({ origin: new URL(env.APP_URL).origin })),
  };
}
let world: Awaited<ReturnType<typeof makeWorld>>;
beforeAll(async () => {
  world = await makeWorld();
});

function sender(handler: (typeof handlers)[number]) {
  const { method, path } = handler.declaration;
  return async ({ query = {}, params = {}, body, headers = {} }: Call): Promise<number> => {
    const url = new URL(path, env.APP_URL);
    for (const [name, value] of Object.entries(query))
      url.searchParams.set(name, typeof value === "string" ? value : JSON.stringify(value));
    const request = new Request(url, {
      method,
      headers: { ...world.headers, "content-type": "application/json", ...headers },
      body: method === "GET" ? undefined : body,
    });
    const context = {
      params: Promise.resolve({ ...world.params(path), ...params } as Record<string, string>),
    };
    const response = await handler(request, context);
    await response.arrayBuffer();
    return response.status;
  };
}

function* hostileCalls(handler: (typeof handlers)[number]): Generator<Call> {
  const { declaration } = handler;
  const { parameters, requestBody } = operationOf(declaration);
  const bodySchema = requestBody?.content["application/json"].schema;
  const body = bodySchema && JSON.stringify(sound(bodySchema, "", world.known));
  for (const { name, in: place, schema } of parameters)
    for (const { label, value } of hostileValues(schema, name, place === "query" ? MOST_QUERY : 4000))
      yield place === "query"
        ? { label: `query ${name}: ${label}`, query: { [name]: value }, body }
        : { label: `path ${name}: ${label}`, params: { [name]: value }, body };
  if (parameters.some((parameter) => parameter.in === "query"))
    yield {
      label: "many queries",
      query: Object.fromEntries(Array.from({ length: 1500 }, (_, index) => [`k${index}`, ""])),
    };
  for (const [index, headers] of hostileHeaders.entries()) yield { label: `headers ${index}`, headers, body };
  if (!bodySchema) return;
  const most = mostBodyBytesOf(declaration) - 500;
  const sample = JSON.parse(body!) as object;
  for (const option of bodySchema.anyOf ?? [bodySchema])
    for (const [name, schema] of Object.entries(option.properties ?? {}))
      for (const { label, value } of hostileValues(schema, name, most))
        yield { label: `body ${name}: ${label}`, body: JSON.stringify({ ...sample, [name]: value }) };
  for (const [label, hostile] of Object.entries(hostileBodies(sample, most)))
    yield { label: `body: ${label}`, body: hostile };
  yield { label: "body: too large", body: JSON.stringify(hostileTexts["marks out of order"]!(1_000_000)) };
  for (const type of hostileTypes)
    yield { label: `type ${type.slice(0, 40)}`, headers: { "content-type": type }, body };
  const keys = (bodySchema.anyOf ?? [bodySchema]).flatMap(({ properties = {} }) => Object.keys(properties));
  const seed = declaration.path.length;
  for (const any of fc.sample(anyBody(keys), { seed, numRuns: 30 }))
    yield { label: `body of seed ${seed}`, body: JSON.stringify(any) };
  for (const any of fc.sample(fc.dictionary(fc.constantFrom(...keys), anyBody(keys), { maxKeys: 3 }), {
    seed,
    numRuns: 30,
  }))
    yield { label: `fields of seed ${seed}`, body: JSON.stringify({ ...sample, ...any }) };
}

describe("whatever comes in, nothing fails and nothing holds up others", () => {
  // what is inside goes first, and the caller's own session last
  const place = ({ declaration: { method, path } }: (typeof handlers)[number]) =>
    method !== "DELETE" ? 0 : path.startsWith("/api/v1/me/sessions") ? 999 : 500 - path.length;
  it.each(
    handlers
      .toSorted((a, b) => place(a) - place(b))
      .map((handler) => [`${handler.declaration.method} ${handler.declaration.path}`, handler] as const),
  )("%s", async (_, handler) => {
    const send = sender(handler);
    const calls = [...hostileCalls(handler)];
    expect(calls.length).toBeGreaterThanOrEqual(hostileHeaders.length);
    expect(await faultsOf(calls, send)).toEqual([]);
  });

  const forms = [...Object.values(authForms), ...Object.values(workspaceForms), ...Object.values(linkForms)];
  /** What each form holds. */
  const sentBy: Record<string, () => Record<string, string>> = {
    // an address that is none: whoever signs up is signed in, which takes its time on purpose
    "sign-up": () => ({ name: "A", email: "none", password: "a password of mine", next: "/" }),
    "forgot-password": () => ({ email: "e@example.net" }),
    "reset-password": () => ({ token: "0".repeat(40), password: "a password of mine" }),
    "create-collection": () => ({ name: "A", description: "" }),
    "rename-collection": () => ({ id: world.known.collectionId, version: "1", name: "A" }),
    "add-collaborator": () => ({ id: world.known.collectionId, email: "e@example.net", role: "viewer" }),
    "accept-offer": () => ({ id: world.known.collectionId }),
    // refused before anything is hashed, which takes its time on purpose
    "sign-in": () => ({ email: "none", password: "", code: "", next: "/" }),
    "sign-in-link": () => ({ token: "0".repeat(40), code: "", next: "/" }),
    "magic-link": () => ({ email: "none", next: "/" }),
    unsubscribe: () => ({ token: "0".repeat(40) }),
    "ask-access": () => ({ id: world.known.collectionId, message: "Please" }),
    "approve-request": () => ({ id: world.known.collectionId, role: "viewer" }),
    "decline-request": () => ({ id: world.known.collectionId }),
    "accept-transfer": () => ({ id: world.known.collectionId }),
    "decline-transfer": () => ({ id: world.known.collectionId }),
    "unlock-link": () => ({ token: "0".repeat(40), password: "a", name: "A" }),
  };
  it.each(forms.map((form) => [form.name, form] as const))("the form %s", async (formName, form) => {
    const sent = sentBy[formName]!();
    const calls = Object.entries(hostileTexts).flatMap(([label, make]) =>
      Object.keys(sent).flatMap((name) =>
        [40, 30_000].map((length) => ({ label: `${name}: ${label}`, name, value: make(length) })),
      ),
    );
    const answer = async ({ name, value }: (typeof calls)[number]) => {
      const fields = new FormData();
      for (const [field, text] of Object.entries({ ...sent, [name]: value })) fields.set(field, text);
      return (await form.post(fields, new Headers(world.headers))).status;
    };
    expect(await faultsOf(calls, answer)).toEqual([]);
    // and nothing is done for a form from elsewhere
    const elsewhere = new Headers({ ...world.headers, origin: "https://evil.example" });
    expect(await form.post(new FormData(), elsewhere)).toMatchObject({ status: 403, path: null });
    const nobody = new Headers({ origin: world.headers.origin! });
    if (Object.values(workspaceForms).includes(form))
      expect(await form.post(new FormData(), nobody)).toMatchObject({ status: 401, path: null });
  });

  it("signing in, out, and keeping a session", async () => {
    const fields = { csrfToken: "a|b", email: "a@example.net", password: "a", code: "1", callbackUrl: "/" };
    const form = (values: Record<string, string>) => new URLSearchParams({ ...fields, ...values }).toString();
    const actions = ["csrf", "session", "providers", "signout"];
    const calls: AuthCall[] = [
      ...Object.entries(hostileTexts).flatMap(([label, make]) =>
        Object.keys(fields).flatMap((name) =>
          [128, 2600].map((length) => ({ label: `${name}: ${label}`, body: form({ [name]: make(length) }) })),
        ),
      ),
      ...Object.entries(hostileBodies(fields, 16_000)).flatMap(([label, body]) =>
        ["application/json", "application/x-www-form-urlencoded"].map((type) => ({
          ...{ label: `${type}: ${label}`, body },
          headers: { "content-type": type },
        })),
      ),
      ...actions.flatMap((action) =>
        hostileHeaders.map((headers, index) => ({ label: `${action}: headers ${index}`, action, headers })),
      ),
    ];
    const answer = ({ action = "callback/credentials", body, headers }: AuthCall) => {
      const request = new Request(`${env.APP_URL}/api/auth/${action}`, {
        method: body === undefined ? "GET" : "POST",
        headers: {
          ...{ cookie: world.headers.cookie!, "content-type": "application/x-www-form-urlencoded" },
          ...headers,
        },
        body,
      });
      return handleAuth(request, action.split("/")).then(({ status }) => status);
    };
    expect(await faultsOf(calls, answer)).toEqual([]);
  });
});

interface AuthCall {
  label: string;
  action?: string;
  body?: string | Uint8Array<ArrayBuffer>;
  headers?: Record<string, string>;
}

/** The calls that fail, or hold the event loop. */
async function faultsOf<Sent extends { label: string }>(
  calls: Sent[],
  send: (call: Sent) => Promise<number>,
): Promise<string[]> {
  const faults: string[] = [];
  const answer = async (call: Sent) => {
    const status = await send(call);
    if (status >= 500) faults.push(`${status}: ${call.label}`);
  };
  const measure = async (some: Sent[]): Promise<void> => {
    if (some.length === 1) {
      const spent = await leastCpuMs(() => answer(some[0]!), MOST_MS);
      if (spent > MOST_MS) faults.push(`${Math.round(spent)} ms: ${some[0]!.label}`);
      return;
    }
    const together = await leastCpuMs(() => Promise.all(some.map(answer)), 0, 1);
    if (together <= MOST_MS) return;
    const half = some.length / 2;
    await measure(some.slice(0, half));
    await measure(some.slice(half));
  };
  for (let at = 0; at < calls.length; at += AT_ONCE) await measure(calls.slice(at, at + AT_ONCE));
  return faults;
}
