import type { z } from "zod";
import type { TokenScope } from "#lib/authz/scopes.ts";
import type { ErrorCode } from "#lib/errors/schema.ts";
import type { RateClass } from "#lib/rate-limit/index.ts";

export type Method = "GET" | "POST" | "PATCH" | "PUT" | "DELETE";
export type Audience = "user" | "optional" | "everyone";

/** The schemas of what goes in and what a success answers: status → schema of its body, null for none. */
export interface Shape {
  params?: z.ZodType;
  query?: z.ZodType;
  body?: z.ZodType;
  answers: Readonly<Record<number, z.ZodType | null>>;
}

/**
 * Everything the API says about one operation but its schemas, which are here by type alone: what imports an operation to
 * call it gets no Zod. `route` takes the schemas, and the compiler holds them to be these.
 */
export interface Operation<S extends Shape = Shape, Auth extends Audience = Audience> {
  method: Method;
  /** As in the contract, with parameters in braces. */
  path: string;
  summary: string;
  /**
   * user: a signed-in person or their token, else 401. optional: anybody. everyone: as user, but what is open to everyone
   * is answered to people without an account, too.
   */
  auth: Auth;
  /**
   * What a personal access token needs for it: where nothing is said, `read` for GET and `write` for the rest. `admin` is
   * what administers a workspace. `session` is what no token may: all that is about the account's own security.
   */
  scope?: TokenScope | "session";
  rate: RateClass;
  /** How large a body may be, where the schema lets in more than `MAX_BODY_BYTES`. */
  mostBodyBytes?: number;
  /** The refusals beside those every operation has (401, 422, 429, 500). */
  refusals?: readonly ErrorCode[];
  /** Never there: carries the type. */
  readonly shape?: S;
}

/** Declares an operation: `operation<{ query: typeof schema.listSchema; answers: {…} }>()({ method: "GET", … })`. */
export const operation =
  <S extends Shape>() =>
  <Auth extends Audience>(declared: Omit<Operation<S, Auth>, "shape">): Operation<S, Auth> =>
    declared;

type In<Schema> = Schema extends z.ZodType ? z.input<Schema> : undefined;
/** A query as one may ask: what is null is left out. */
type Optional<Fields> = { [Name in keyof Fields]: Fields[Name] | null };

/** What a call gives: the parts that the operation takes. */
export type InputOf<S extends Shape> = (S["params"] extends z.ZodType
  ? { params: In<S["params"]> }
  : { params?: undefined }) &
  (S["query"] extends z.ZodType ? { query?: Optional<In<S["query"]>> } : { query?: undefined }) &
  (S["body"] extends z.ZodType ? { body: In<S["body"]> } : { body?: undefined });

/** What a success of an operation answers; undefined for an answer without a body. */
export type AnswerOf<S extends Shape> = {
  [Status in keyof S["answers"]]: S["answers"][Status] extends z.ZodType
    ? z.output<S["answers"][Status]>
    : undefined;
}[keyof S["answers"]];

/** The address of a call on this origin. What is empty in a query is left out of it. */
export function addressOf(
  { path }: Pick<Operation, "path">,
  { params, query }: { params?: unknown; query?: unknown },
): string {
  const values = new Map(Object.entries(params ?? {}));
  const address = path.replace(/\{(\w+)\}/g, (_, name: string) =>
    encodeURIComponent(String(values.get(name))),
  );
  const search = new URLSearchParams(
    Object.entries(query ?? {}).flatMap(([name, value]) =>
      value === undefined || value === null || value === "" ? [] : [[name, String(value)]],
    ),
  );
  return search.size > 0 ? `${address}?${search}` : address;
}
