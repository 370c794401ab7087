import { describe, expect, it } from "vitest";
import { neededScopes } from "#e2e/matrix/operations/index.ts";
import { isEnough, scopes } from "#e2e/matrix/scopes.ts";
import { openApiDocument } from "#lib/http/openapi.ts";
import { type Handler } from "#lib/http/test-support.ts";
import { env } from "#lib/env/index.ts";
import { newSecret, tokenPrefix } from "#lib/auth/index.ts";
import { asOwner, makePerson, type Person } from "#prisma/factories.ts";
import { declarations, handlers } from "./openapi.json/handlers.ts";

const routeOf = ({ declaration: { method, path } }: Handler) => `${method} ${path}`;

async function tokenOf({ id }: Person, scope: string) {
  const { secret, hash } = newSecret(tokenPrefix);
  await asOwner(
    "INSERT INTO tokens (user_id, kind, scope, hash, expires_at) VALUES ($1, 'access', $2, $3, now() + interval '1 day')",
    [id, scope, hash],
  );
  return secret;
}

/** With ids and a body that no route takes: what is let through by its scope is stopped there, and does nothing. */
async function call(handler: Handler, token: string) {
  const { method, path } = handler.declaration;
  const request = new Request(new URL(path.replaceAll(/[{}]/g, ""), env.APP_URL), {
    method,
    headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
    ...(method !== "GET" && { body: "[]" }),
  });
  const response = await handler(request, { params: Promise.resolve({ id: "x" }) });
  const text = await response.text();
  return { status: response.status, body: text.startsWith("{") ? JSON.parse(text) : {} };
}
const refusals = ["Your token may not do this", "Sign in first"];

describe("the scope of a token", () => {
  it("is decided about for every route", () => {
    expect(Object.keys(neededScopes).toSorted()).toEqual(handlers.map(routeOf).toSorted());
  });

  it.each(scopes)("%s is enough for what it is for, and for nothing else", async (scope) => {
    const token = await tokenOf(await makePerson({ role: "admin" }), scope);
    const wrong: string[] = [];
    for (const handler of handlers) {
      const route = routeOf(handler);
      const { status, body } = await call(handler, token);
      const isRefused = status === 403 && refusals.includes(body.title);
      if (isRefused === isEnough(scope, neededScopes[route]!))
        wrong.push(`${route}: ${status} ${body.title}`);
      if (isRefused && (body.title === "Sign in first") !== (neededScopes[route] === "session"))
        wrong.push(`${route} says: ${body.title}`);
      if (status >= 500) wrong.push(`${route}: ${status}`);
    }
    expect(wrong).toEqual([]);
  });

  it("is told before anything of the request is looked at, with what is needed", async () => {
    const token = await tokenOf(await makePerson(), "read");
    const create = handlers.find((handler) => routeOf(handler) === "POST /api/v1/collections")!;
    expect(await call(create, token)).toMatchObject({
      status: 403,
      body: {
        code: "forbidden",
        scope: "write",
        detail: "This needs a token that may write. Make one in your settings.",
      },
    });
  });

  it("stands in the API's description", () => {
    const { paths } = openApiDocument(declarations, "http://localhost:3000");
    for (const [route, needed] of Object.entries(neededScopes)) {
      const [method, path] = route.split(" ") as [string, string];
      const { security } = paths[path]![method.toLowerCase()] as { security: Record<string, string[]>[] };
      const offered = security.flatMap((one) => one.token ?? []);
      expect(offered, route).toEqual(needed === "session" ? [] : [needed]);
      expect(security, route).toContainEqual({ session: [] });
    }
  });
});
