import { randomUUID } from "node:crypto";
import { type z } from "zod";
import { type Actor, type UserActor } from "#lib/authz/actor.ts";
import { authenticate } from "#lib/auth/index.ts";
import { AppError } from "#lib/errors/index.ts";
import { type ErrorCode } from "#lib/errors/schema.ts";
import { log } from "#lib/log/index.ts";
import { countCall, type RateClass, type RateState } from "#lib/rate-limit/index.ts";
import { problemResponse } from "./problem.ts";
import { addressBlock, clientAddress, isSameOrigin, readJson } from "./request.ts";

type Method = "GET" | "POST" | "PATCH" | "PUT" | "DELETE";
type Schema = z.ZodType | undefined;
type Parsed<S extends Schema> = S extends z.ZodType ? z.output<S> : undefined;

/** Everything a route says about itself, once: it is enforced here and printed by `GET /api/v1/openapi.json`. */
export interface RouteDeclaration<
  Auth extends "user" | "optional" = "user" | "optional",
  Params extends Schema = Schema,
  Query extends Schema = Schema,
  Body extends Schema = Schema,
> {
  method: Method;
  /** As in the contract, with parameters in braces. */
  path: string;
  summary: string;
  /** user: a signed-in person or their token, else 401. optional: anybody. */
  auth: Auth;
  rate: RateClass;
  params?: Params;
  query?: Query;
  body?: Body;
  /** What a success answers: status → schema of its body, null for none. */
  answers: Record<number, z.ZodType | null>;
  /** The refusals beside those every route has (401, 422, 429, 500). */
  refusals?: ErrorCode[];
}

export interface Call<Auth, Params, Query, Body> {
  actor: Auth extends "user" ? UserActor : Actor;
  /** The session this call came with, when it came with one. */
  sessionId: string | null;
  params: Params;
  query: Query;
  body: Body;
  request: Request;
  requestId: string;
}

type Answer = Response | { status?: number; body?: unknown; headers?: Record<string, string> };
type Handler = ((
  request: Request,
  context: { params: Promise<Record<string, string | string[]>> },
) => Promise<Response>) & {
  declaration: RouteDeclaration;
};

/**
 * Makes a route handler from a declaration: authenticates, checks where writes come from, limits the rate, validates,
 * runs the verb, maps errors to problem details and logs one line. Answers are never cached by anyone else.
 */
export function route<
  Auth extends "user" | "optional",
  P extends Schema = undefined,
  Q extends Schema = undefined,
  B extends Schema = undefined,
>(
  declaration: RouteDeclaration<Auth, P, Q, B>,
  handle: (call: Call<Auth, Parsed<P>, Parsed<Q>, Parsed<B>>) => Promise<Answer>,
): Handler {
  const handler = async (
    request: Request,
    context: { params: Promise<Record<string, string | string[]>> },
  ): Promise<Response> => {
    const started = performance.now();
    const requestId = randomUUID();
    let response: Response;
    let who: Actor | undefined;
    try {
      const address = clientAddress(request.headers);
      const { actor: known, via, sessionId } = await authenticate(request.headers);
      const actor = (who = { ...known, requestId, ip: address });
      const limit = rateSubject(declaration.rate, actor, address);
      const rate = await countCall(declaration.rate, limit);
      if (declaration.auth === "user" && actor.kind !== "user")
        throw new AppError("unauthenticated", "No valid session or token");
      if (via === "session" && declaration.method !== "GET" && !isSameOrigin(request.headers)) {
        throw new AppError("forbidden", "Cookie write from elsewhere", { reason: "origin" });
      }
      const params = parse(declaration.params, await context.params, "");
      const query = parse(declaration.query, Object.fromEntries(new URL(request.url).searchParams), "");
      const body = declaration.body ? parse(declaration.body, await bodyOf(request), "") : undefined;
      const answer = await handle({ actor, sessionId, params, query, body, request, requestId } as Call<
        Auth,
        Parsed<P>,
        Parsed<Q>,
        Parsed<B>
      >);
      response = answer instanceof Response ? answer : respond(answer);
      addHeaders(response, requestId, rate);
    } catch (error) {
      response = problemResponse(error, request.headers, requestId);
    }
    log().info(
      {
        requestId,
        method: declaration.method,
        path: declaration.path,
        status: response.status,
        ms: Math.round((performance.now() - started) * 10) / 10,
        ...(who?.kind === "user" && { userId: who.id }),
      },
      "request",
    );
    return response;
  };
  return Object.assign(handler, { declaration: declaration as unknown as RouteDeclaration });
}

function rateSubject(_class: RateClass, actor: Actor, address: string | null): string {
  const perAddress = ["signIn", "register", "passwordReset"].includes(_class);
  return actor.kind === "user" && !perAddress ? actor.id : addressBlock(address);
}

async function bodyOf(request: Request): Promise<unknown> {
  const type = request.headers.get("content-type")?.split(";")[0]?.trim().toLowerCase();
  if (type !== "application/json")
    throw new AppError("invalid_input", "Not a JSON request", { reason: "json" });
  const read = await readJson(request);
  if ("fault" in read)
    throw new AppError("invalid_input", `Body ${read.fault}`, {
      reason: read.fault === "too_large" ? "body_too_large" : "json",
    });
  return read.value;
}

function parse<S extends Schema>(schema: S, value: unknown, prefix: string): unknown {
  if (!schema) return undefined;
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new AppError("invalid_input", "Input refused by its schema", {
    errors: parsed.error.issues.map((issue) => ({
      path: `${prefix}${issue.path.join(".")}`,
      message: fieldMessage(issue),
    })),
  });
}

/** A name in the messages (`errors.fields.*`) for what is wrong with a field. */
function fieldMessage(issue: z.core.$ZodIssue): string {
  if (issue.code === "custom") return issue.message;
  if (issue.code === "invalid_type") return issue.input === undefined ? "missing" : "type";
  if (issue.code === "invalid_format")
    return ["email", "uuid", "datetime"].includes(issue.format)
      ? issue.format
      : issue.message === "email"
        ? "email"
        : "format";
  return issue.code;
}

function respond({ status = 200, body, headers }: Exclude<Answer, Response>): Response {
  const text = body === undefined || status === 204 ? null : JSON.stringify(body);
  return new Response(text, {
    status,
    headers: { ...(text !== null && { "content-type": "application/json" }), ...headers },
  });
}

function addHeaders(response: Response, requestId: string, rate: RateState | null): void {
  response.headers.set("x-request-id", requestId);
  if (!response.headers.has("cache-control")) response.headers.set("cache-control", "private, no-store");
  if (!rate) return;
  response.headers.set("ratelimit-limit", String(rate.limit));
  response.headers.set("ratelimit-remaining", String(rate.remaining));
  response.headers.set(
    "ratelimit-reset",
    String(Math.max(0, Math.ceil((rate.resetsAt.getTime() - Date.now()) / 1000))),
  );
}
