import { randomUUID } from "node:crypto";
import { env } from "#lib/env/index.ts";
import { AppError } from "#lib/errors/index.ts";
import { problemResponse } from "#lib/http/problem.ts";
import { addressBlock, clientAddress, isSameOrigin } from "#lib/http/request.ts";
import { log } from "#lib/log/index.ts";
import { countCall } from "#lib/rate-limit/index.ts";
import { isOidcOn } from "./oidc.ts";
import { authOptions, callNextAuth, isCallbackUrl } from "./next-auth.ts";

/** The routes of next-auth in use. Its others cannot be reached. */
const routes: Record<string, RegExp> = {
  GET: /^(csrf|session|providers|signin|signout|error)$/,
  POST: /^(callback\/(credentials|magic-link)|signout)$/,
};
/** These, too, where a provider is configured. */
const oidcRoutes: Record<string, RegExp> = { GET: /^callback\/oidc$/, POST: /^signin\/oidc$/ };
/** Far above the size of a sign-in form. */
const MAX_BODY_BYTES = 16_384;

/**
 * Signing in, signing out and extending a session: `/api/auth/*`, in next-auth's form. Every failure and every unusable
 * configuration refuses; no error lets somebody in.
 */
export async function handleAuth(request: Request, action: string[]): Promise<Response> {
  const requestId = randomUUID();
  let response: Response;
  try {
    response = await answer(request, action, requestId);
    response.headers.set("x-request-id", requestId);
    response.headers.set("cache-control", "private, no-store");
  } catch (error) {
    response = problemResponse(error, request.headers, requestId);
  }
  const path = `/api/auth/${action.join("/")}`.slice(0, 100);
  log().info({ requestId, method: request.method, path, status: response.status }, "request");
  return response;
}

async function answer(request: Request, action: string[], requestId: string): Promise<Response> {
  const inUse = isOidcOn() ? [routes, oidcRoutes] : [routes];
  if (!inUse.some((known) => known[request.method]?.test(action.join("/"))))
    throw new AppError("not_found", "No such auth route");
  await countCall("read", addressBlock(clientAddress(request.headers)));
  const isPost = request.method === "POST";
  if (isPost && request.headers.has("origin") && !isSameOrigin(request.headers)) {
    throw new AppError("forbidden", "Sign-in from elsewhere", { reason: "origin" });
  }
  const body = isPost ? await readForm(request) : undefined;
  const query = Object.fromEntries(new URL(request.url).searchParams);
  for (const one of [query.callbackUrl, body?.callbackUrl])
    if (one && !isCallbackUrl(one))
      throw new AppError("invalid_input", "No address to go on to", {
        errors: [{ path: "callbackUrl", message: "format" }],
      });
  let refusal: unknown;
  let deviceCookie: string | null = null;
  const options = authOptions(
    { headers: request.headers, requestId },
    { onRefused: (error) => (refusal = error), onSignedIn: (cookie) => (deviceCookie = cookie) },
  );
  const response = await callNextAuth(
    { method: request.method, action, query, body },
    request.headers,
    options,
  );
  if (deviceCookie) response.headers.append("set-cookie", deviceCookie);
  if (!refusal) return response;
  // next-auth's client reads the reason from the address in `url`
  const code = refusal instanceof AppError ? (refusal.reason ?? refusal.code) : "internal";
  const url = new URL(`/sign-in?error=${code}`, env.APP_URL).href;
  throw refusal instanceof AppError
    ? new AppError(
        refusal.code,
        refusal.message,
        { ...refusal.details, reason: refusal.reason, url },
        refusal,
      )
    : new AppError("internal", "Sign-in failed", { url }, refusal);
}

/** The text fields of a form or JSON object. */
async function readForm(request: Request): Promise<Record<string, string>> {
  const text = await readText(request);
  const type = request.headers.get("content-type") ?? "";
  if (type.startsWith("application/x-www-form-urlencoded"))
    return Object.fromEntries(new URLSearchParams(text));
  if (!type.startsWith("application/json"))
    throw new AppError("invalid_input", "No form", { reason: "json" });
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new AppError("invalid_input", "Not JSON", { reason: "json" });
  }
  return Object.fromEntries(
    Object.entries(value ?? {}).flatMap(([name, field]) =>
      typeof field === "string" || typeof field === "boolean" ? [[name, String(field)]] : [],
    ),
  );
}

async function readText(request: Request): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of (request.body ?? []) as AsyncIterable<Uint8Array>) {
    size += chunk.byteLength;
    if (size > MAX_BODY_BYTES) throw new AppError("invalid_input", "Too large", { reason: "body_too_large" });
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}
