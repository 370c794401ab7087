import { randomUUID } from "node:crypto";
import { type z } from "zod";
import { type Actor, type UserActor } from "#lib/authz/actor.ts";
import { authenticate, type Authenticated, recognize } from "#lib/auth/index.ts";
import { confirm } from "#lib/db/index.ts";
import { AppError } from "#lib/errors/index.ts";
import { type ErrorCode } from "#lib/errors/schema.ts";
import { log } from "#lib/log/index.ts";
import { countCall, type RateClass, type RateState } from "#lib/rate-limit/index.ts";
import { problemResponse } from "./problem.ts";
import { addressBlock, clientAddress, isSameOrigin, readJson } from "./request.ts";
import { unstorableIn } from "./text.ts";

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
    const answerTo = async ({ actor: known, via, sessionId }: Authenticated): Promise<Response> => {
      const address = clientAddress(request.headers);
      const actor = (who = { ...known, requestId, ip: address });
      try {
        const rate = await countCall(declaration.rate, rateSubject(declaration.rate, actor, address));
        if (declaration.auth === "user" && actor.kind !== "user")
          throw new AppError("unauthenticated", "No valid session or token");
        if (via === "session" && declaration.method !== "GET" && !isSameOrigin(request.headers)) {
          throw new AppError("forbidden", "Cookie write from elsewhere", { reason: "origin" });
        }
        const params = declaration.params ? parse(declaration.params, await context.params) : undefined;
        const query = declaration.query ? parse(declaration.query, queryOf(request)) : undefined;
        const body = declaration.body ? parse(declaration.body, await bodyOf(request)) : undefined;
        const answer = await handle({ actor, sessionId, params, query, body, request, requestId } as Call<
          Auth,
          Parsed<P>,
          Parsed<Q>,
          Parsed<B>
        >);
        return respond(answer, requestId, rate);
      } finally {
        // who is not who they seem learns nothing, neither an answer nor a refusal
        await confirm(actor);
      }
    };
    try {
      // only reading may begin before the database has confirmed who asks: it can be done again
      const found = await (declaration.method === "GET" ? recognize : authenticate)(request.headers);
      response = await answerTo(found).catch(async (error: unknown) => {
        if (!isUnconfirmed(found.actor)) throw error;
        // the session ended, or its person became a system admin
        return answerTo(await authenticate(request.headers));
      });
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

const isUnconfirmed = (actor: Actor) => actor.kind === "user" && actor.proof?.isHeld === false;
const queryOf = (request: Request) => Object.fromEntries(new URL(request.url).searchParams);

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

function parse(schema: z.ZodType, value: unknown): unknown {
  const unstorable = unstorableIn(value);
  if (unstorable.length > 0)
    throw new AppError("invalid_input", "Text that can't be stored", {
      errors: unstorable.map((path) => ({ path, message: "characters" })),
    });
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new AppError("invalid_input", "Input refused by its schema", {
    errors: parsed.error.issues.map((issue) => ({
      path: issue.path.join("."),
      message: fieldMessage(issue),
    })),
  });
}

/** A name in the messages (`errors.fields.*`) for what is wrong with a field. */
function fieldMessage(issue: z.core.$ZodIssue): string {
  if (issue.code === "custom") return issue.message;
  if (issue.code === "invalid_type") return issue.input === undefined ? "missing" : "type";
  if ((issue.code === "too_big" || issue.code === "too_small") && ["number", "int"].includes(issue.origin))
    return "range";
  if (issue.code === "invalid_format")
    return ["email", "uuid", "datetime"].includes(issue.format)
      ? issue.format
      : issue.message === "email"
        ? "email"
        : "format";
  return issue.code;
}

function respond(answer: Answer, requestId: string, rate: RateState | null): Response {
  if (answer instanceof Response) {
    for (const [name, value] of commonHeaders(requestId, rate)) {
      if (name !== "cache-control" || !answer.headers.has(name)) answer.headers.set(name, value);
    }
    return answer;
  }
  const { status = 200, body, headers = {} } = answer;
  const text = body === undefined || status === 204 ? null : JSON.stringify(body);
  return new Response(text, {
    status,
    headers: [
      ...(text === null ? [] : [["content-type", "application/json"] as [string, string]]),
      ...Object.entries(headers),
      ...commonHeaders(requestId, rate).filter(([name]) => !Object.hasOwn(headers, name)),
    ],
  });
}

const commonHeaders = (requestId: string, rate: RateState | null): [name: string, value: string][] => [
  ["x-request-id", requestId],
  ["cache-control", "private, no-store"],
  ...(rate
    ? ([
        ["ratelimit-limit", String(rate.limit)],
        ["ratelimit-remaining", String(rate.remaining)],
        ["ratelimit-reset", String(Math.max(0, Math.ceil((rate.resetsAt.getTime() - Date.now()) / 1000)))],
      ] satisfies [string, string][])
    : []),
];
