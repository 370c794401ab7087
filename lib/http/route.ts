import { randomUUID } from "node:crypto";
import { type z } from "zod";
import { type Actor, type UserActor } from "#lib/authz/actor.ts";
import { holdsScope, type TokenScope } from "#lib/authz/scopes.ts";
import { authenticate, type Authenticated, recognize } from "#lib/auth/index.ts";
import { confirm, onBehalfOf } from "#lib/db/index.ts";
import { AppError } from "#lib/errors/index.ts";
import { log } from "#lib/log/index.ts";
import {
  countCall,
  rateClasses,
  type RateClass,
  rateHeaders,
  type RateState,
  tally,
  TooManyCalls,
} from "#lib/rate-limit/index.ts";
import { type Bounds, boundsOf, faultsIn } from "./bounds.ts";
import { isAdminRefusal, noteRefusal } from "./note-refusal.ts";
import { type Audience, type Operation, type Shape } from "./operation.ts";
import { problemResponse } from "./problem.ts";
import { addressBlock, clientAddress, isSameOrigin, MAX_BODY_BYTES, readJson } from "./request.ts";

type Parsed<Schema> = Schema extends z.ZodType ? z.output<Schema> : undefined;

/** An operation with its schemas: enforced by its handler, and printed by `GET /api/v1/openapi.json`. */
export type RouteDeclaration<S extends Shape = Shape, Auth extends Audience = Audience> = Omit<
  Operation<S, Auth>,
  "shape"
> &
  S;

export interface Call<S extends Shape, Auth extends Audience> {
  actor: Auth extends "user" ? UserActor : Actor;
  /** The session this call came with, when it came with one. */
  sessionId: string | null;
  params: Parsed<S["params"]>;
  query: Parsed<S["query"]>;
  body: Parsed<S["body"]>;
  request: Request;
  requestId: string;
}

/** What a verb's answer becomes a response from. */
interface Answer {
  status?: number;
  body?: unknown;
  headers?: Record<string, string>;
  /** To be set, each as the whole text of its header. */
  cookies?: string[];
}
/** The body that a status is declared with. */
type BodyOf<Schema> = Schema extends z.ZodType ? z.output<Schema> : undefined;
/** One of the answers declared: a status, which may be left out for 200, and the body that belongs to it. */
type AnswerIn<A extends Shape["answers"]> =
  | { [Status in keyof A]: DeclaredAnswer<Status, A[Status]> }[keyof A]
  | (A extends { 200: infer Schema }
      ? Omit<DeclaredAnswer<200, Schema>, "status"> & { status?: 200 }
      : never);
type DeclaredAnswer<Status, Schema> = {
  status: Status & number;
  body?: BodyOf<Schema>;
  headers?: Record<string, string>;
  cookies?: string[];
} & (Schema extends null ? unknown : { body: unknown });

export type Handler<S extends Shape = Shape> = ((
  request: Request,
  context: { params: Promise<Record<string, string | string[]>> },
) => Promise<Response>) & {
  declaration: RouteDeclaration<S>;
};

/**
 * Makes the handler of an operation: authenticates, checks where writes come from, limits the rate, validates, runs the
 * verb, maps errors to problem details and logs one line. Answers are never cached by anyone else.
 */
export function route<S extends Shape, Auth extends Audience>(
  operation: Operation<S, Auth>,
  schemas: NoInfer<S>,
  handle: (call: Call<S, Auth>) => Promise<AnswerIn<S["answers"]> | Response>,
): Handler<S> {
  const declaration = { ...operation, ...schemas };
  const parser = { params: parserOf("params"), query: parserOf("query"), body: parserOf("body") };
  function parserOf(place: "params" | "query" | "body"): (value: unknown) => unknown {
    const schema = declaration[place];
    if (!schema) return () => undefined;
    const bounds = boundsOf(schema, `${declaration.method} ${declaration.path} ${place}`);
    return (value) => parse(schema, bounds, value);
  }
  const handler = async (
    request: Request,
    context: { params: Promise<Record<string, string | string[]>> },
  ): Promise<Response> => {
    const started = performance.now();
    const requestId = randomUUID();
    let response: Response;
    let who: Actor | undefined;
    let rate: RateState | null = null;
    let body: Promise<unknown> | undefined;
    const readBody = () => (body ??= bodyOf(request, mostBodyBytesOf(declaration)));
    const answerTo = ({ actor: known, via, sessionId, scope }: Authenticated): Promise<Response> => {
      const address = clientAddress(request.headers);
      const actor = (who = { ...known, requestId, ip: address });
      return onBehalfOf(actor, async () => {
        try {
          rate = await count(declaration, actor, address);
          if (isTurnedAway(declaration.auth, actor, request.headers))
            throw new AppError("unauthenticated", "No valid session or token");
          if (via === "token") demandScope(declaration, scope);
          if (via === "session" && declaration.method !== "GET" && !isSameOrigin(request.headers)) {
            throw new AppError("forbidden", "Cookie write from elsewhere", { reason: "origin" });
          }
          const params = parser.params(await context.params);
          const query = parser.query(declaration.query && queryOf(request));
          const body = parser.body(declaration.body && (await readBody()));
          const answer = await handle({ actor, sessionId, params, query, body, request, requestId } as Call<
            S,
            Auth
          >);
          return respond(answer, requestId);
        } finally {
          // who is not who they seem learns nothing, neither an answer nor a refusal
          await confirm(actor);
        }
      });
    };
    try {
      // the first message to the database confirms who asks, so that nothing is done before and all of it can begin again
      const found = await recognize(request.headers);
      response = await answerTo(found).catch(async (error: unknown) => {
        if (!isUnconfirmed(found.actor)) throw error;
        // the session ended, or its person became a system admin
        return answerTo(await authenticate(request.headers));
      });
    } catch (error) {
      if (error instanceof TooManyCalls) rate = error.rate;
      if (who?.kind === "user" && error instanceof AppError && isAdminRefusal(declaration, error))
        await noteRefusal(who, declaration, error, idIn(await context.params));
      const isHidden = declaration.auth === "everyone" && who?.kind === "everyone" && isRefusal(error);
      response = problemResponse(
        isHidden ? new AppError("unauthenticated", "Not open to everyone", {}, error) : error,
        request.headers,
        requestId,
      );
    }
    if (rate) for (const [name, value] of rateHeaders(rate)) response.headers.set(name, value);
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
  return Object.assign(handler, { declaration });
}

/** Of an address without parameters there are none at all. */
const idIn = (params: Record<string, string | string[]> | undefined) =>
  typeof params?.id === "string" ? params.id : undefined;

/** How large a body of a route may be. */
export const mostBodyBytesOf = ({
  mostBodyBytes = MAX_BODY_BYTES,
}: Pick<RouteDeclaration, "mostBodyBytes">) => mostBodyBytes;

/** What a token needs for a route, or that none is enough. */
export const scopeOf = ({ scope, method }: Pick<RouteDeclaration, "scope" | "method">) =>
  scope ?? (method === "GET" ? "read" : "write");

/** By the declaration of the handler that runs: however an address was written that led here, this is what is done. */
function demandScope(declaration: Pick<RouteDeclaration, "scope" | "method">, held: TokenScope | null): void {
  const needed = scopeOf(declaration);
  if (needed === "session")
    throw new AppError("forbidden", "No token does this", { reason: "session_needed" });
  if (!held || !holdsScope(held, needed))
    throw new AppError("forbidden", "The token may not do this", { reason: "token_scope", scope: needed });
}

/** A token that is no longer valid is said to be so, also where its bearer could do without. */
const isTurnedAway = (auth: Audience, actor: Actor, headers: Headers): boolean =>
  actor.kind !== "user" && (auth === "user" || (auth === "everyone" && headers.has("authorization")));
/** To people without an account everything that is not open to them is one answer: what is not there, and no id, too. */
const isRefusal = (error: unknown): boolean =>
  error instanceof AppError && [403, 404, 422].includes(error.status);

const isUnconfirmed = (actor: Actor) => actor.kind === "user" && actor.proof?.isHeld === false;

/** The server's own limit on a request's head is twice this. */
const MAX_URL_LENGTH = 8192;

function queryOf({ url }: Request): Record<string, string> {
  if (url.length > MAX_URL_LENGTH) throw new AppError("invalid_input", "The address is too long");
  return Object.fromEntries(new URL(url).searchParams);
}

/** Counts a call in the window of its class, and notes it for operators. */
async function count(
  { method, path, rate }: Pick<RouteDeclaration, "method" | "path" | "rate">,
  actor: Actor,
  address: string | null,
): Promise<RateState | null> {
  const note = (isRefused: boolean) =>
    tally(`${method} ${path}`, actor.kind === "user" ? actor.id : addressBlock(address), isRefused);
  try {
    const state = await countCall(rate, rateSubject(rate, actor, address));
    note(false);
    return state;
  } catch (error) {
    if (error instanceof TooManyCalls) note(true);
    throw error;
  }
}

const rateSubject = (name: RateClass, actor: Actor, address: string | null): string =>
  rateClasses[name].per === "actor" && actor.kind === "user" ? actor.id : addressBlock(address);

async function bodyOf(request: Request, mostBytes: number): Promise<unknown> {
  const type = request.headers.get("content-type")?.split(";")[0]?.trim().toLowerCase();
  if (type !== "application/json")
    throw new AppError("invalid_input", "Not a JSON request", { reason: "json" });
  const read = await readJson(request, mostBytes);
  if ("fault" in read)
    throw new AppError("invalid_input", `Body ${read.fault}`, {
      reason: read.fault === "too_large" ? "body_too_large" : "json",
    });
  return read.value;
}

function parse(schema: z.ZodType, bounds: Bounds, value: unknown): unknown {
  const faults = faultsIn(bounds, value);
  if (faults.length > 0)
    throw new AppError("invalid_input", "Input beyond its bounds, or not to be stored", { errors: faults });
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

function respond(answer: Answer | Response, requestId: string): Response {
  if (answer instanceof Response) {
    for (const [name, value] of commonHeaders(requestId)) {
      if (name !== "cache-control" || !answer.headers.has(name)) answer.headers.set(name, value);
    }
    return answer;
  }
  const { status = 200, body, headers = {}, cookies = [] } = answer;
  const text = body === undefined || status === 204 ? null : JSON.stringify(body);
  return new Response(text, {
    status,
    headers: [
      ...(text === null ? [] : [["content-type", "application/json"] as [string, string]]),
      ...cookies.map((cookie): [string, string] => ["set-cookie", cookie]),
      ...Object.entries(headers),
      ...commonHeaders(requestId).filter(([name]) => !Object.hasOwn(headers, name)),
    ],
  });
}

const commonHeaders = (requestId: string): [name: string, value: string][] => [
  ["x-request-id", requestId],
  ["cache-control", "private, no-store"],
];
