import { randomUUID } from "node:crypto";
import { env } from "#lib/env/index.ts";
import { AppError } from "#lib/errors/index.ts";
import { problemResponse } from "#lib/http/problem.ts";
import { addressBlock, clientAddress, isSameOrigin } from "#lib/http/request.ts";
import { log } from "#lib/log/index.ts";
import { countCall } from "#lib/rate-limit/index.ts";
import { authOptions, callNextAuth } from "./next-auth.ts";

/** What of next-auth's routes we use; the rest of it is not reachable. */
const routes: Record<string, RegExp> = {
  GET: /^(csrf|session|providers|signin|signout|error)$/,
  POST: /^(callback\/credentials|signout)$/,
};
/** A sign-in form is smaller than this by far. */
const MAX_BODY_BYTES = 16_384;

/**
 * Signing in, out, and keeping a session alive: `/api/auth/*`, in next-auth's form. Whatever goes wrong, and every
 * configuration that is not usable, refuses; nothing here ever lets somebody in by failing.
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
  if (!routes[request.method]?.test(action.join("/"))) throw new AppError("not_found", "No such auth route");
  await countCall("read", addressBlock(clientAddress(request.headers)));
  const isPost = request.method === "POST";
  if (isPost && request.headers.has("origin") && !isSameOrigin(request.headers)) {
    throw new AppError("forbidden", "Sign-in from elsewhere", { reason: "origin" });
  }
  const body = isPost ? await readForm(request) : undefined;
  const query = Object.fromEntries(new URL(request.url).searchParams);
  let refusal: unknown;
  const options = authOptions({ headers: request.headers, requestId }, (error) => (refusal = error));
  const response = await callNextAuth(
    { method: request.method, action, query, body },
    request.headers,
    options,
  );
  if (!refusal) return response;
  // next-auth's client reads the reason out of the address in `url`
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

/** The fields of a form or JSON object; only texts count. */
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
