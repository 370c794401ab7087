import { asOwner, type Person } from "#prisma/factories.ts";
import { newSecret, tokenPrefix } from "#lib/auth/index.ts";
import { env } from "#lib/env/index.ts";
import { type route } from "./route.ts";

export type Handler = ReturnType<typeof route>;
interface Input {
  params?: Record<string, string>;
  query?: string;
  body?: unknown;
}

/** Calls routes with an access token of the person's. */
export async function callerFor(person: Person) {
  const { secret, hash } = newSecret(tokenPrefix);
  await asOwner(
    "INSERT INTO tokens (user_id, kind, hash, expires_at) VALUES ($1, 'access', $2, now() + interval '1 day')",
    [person.id, hash],
  );
  return async (handler: Handler, { params = {}, query = "", body }: Input = {}) => {
    const { method, path, answers } = handler.declaration;
    const request = new Request(new URL(`${path}${query}`, env.APP_URL), {
      method,
      headers: { authorization: `Bearer ${secret}`, "content-type": "application/json" },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
    const response = await handler(request, { params: Promise.resolve(params) });
    const text = await response.text();
    const parsed = text ? JSON.parse(text) : undefined;
    // what a success answers is what the route declares
    if (response.ok) answers[response.status]?.parse(parsed);
    return { status: response.status, body: parsed };
  };
}
