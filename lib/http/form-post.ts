import { env } from "#lib/env/index.ts";
import { AppError } from "#lib/errors/index.ts";
import { isProblem, type Problem } from "#lib/errors/schema.ts";
import { addressOf, type AnswerOf, type InputOf, type Shape } from "./operation.ts";
import { problemResponse } from "./problem.ts";
import { isSameOrigin } from "./request.ts";
import { type Handler } from "./route.ts";
import { type FormOutcome } from "./schema.ts";

/** The texts of a form by name; "" for a field that is not there. */
export type Fields = (name: string) => string;

/** A form that works without scripts: what it asks of which operation, and where its success leads. */
interface FormOf<S extends Shape> {
  /** Names it to the page that tells what came of it. */
  name: string;
  /** The operation's own: the form is authenticated, limited, checked, answered and logged as any call of it. */
  handler: Handler<S>;
  input(fields: Fields): InputOf<S>;
  /** Where a success leads: a path of the application. The page that has the form, told of it, where this is missing. */
  next?(answer: AnswerOf<S>, fields: Fields, headers: Headers): Next | Promise<Next>;
  /** The fields shown again: never secrets. */
  keeps?: readonly string[];
}
/** A form that can be sent. */
export interface PageForm {
  name: string;
  post(fields: FormData, headers: Headers): Promise<Posted>;
}
interface Posted {
  status: number;
  outcome: FormOutcome;
  path: string | null;
  /** Lines of `Set-Cookie`. */
  cookies: string[];
}

/** Says what a form is: `formOf({ name: "rename", handler: PATCH, input: … })`. */
export const formOf = <S extends Shape>(form: FormOf<S>): PageForm => ({
  name: form.name,
  post: (fields, headers) => postForm(form, fields, headers),
});

type Next = string | { path: string; cookies: string[] } | null;

/** Headers that speak of the form's own body. */
const ofBody = ["content-length", "content-type", "transfer-encoding", "content-encoding", "expect"];

/**
 * Sends a form as a call of its operation: the same handler, so the same answer. Beside that it demands that the form
 * comes from our own pages even without a session, since a form of any site can be sent here, which JSON can't.
 */
async function postForm<S extends Shape>(
  { name, handler, input, next, keeps = [] }: FormOf<S>,
  form: FormData,
  requestHeaders: Headers,
): Promise<Posted> {
  const fields: Fields = (field) => {
    const value = form.get(field);
    return typeof value === "string" ? value : "";
  };
  const headers = new Headers(requestHeaders);
  for (const header of ofBody) headers.delete(header);
  headers.set("content-type", "application/json");
  const response = isSameOrigin(headers)
    ? await send(handler, input(fields), headers)
    : problemResponse(
        new AppError("forbidden", "Form from elsewhere", { reason: "origin" }),
        headers,
        crypto.randomUUID(),
      );
  const text = await response.text();
  const answer = text === "" ? undefined : JSON.parse(text);
  const values = Object.fromEntries(keeps.map((field) => [field, fields(field).slice(0, 300)]));
  const cookies = response.headers.getSetCookie();
  const { status } = response;
  if (!response.ok) {
    const problem: Partial<Problem> = isProblem(answer) ? answer : {};
    const { detail = "", errors = [] } = problem;
    return { status, outcome: { form: name, isDone: false, detail, errors, values }, path: null, cookies };
  }
  const led = await next?.(answer, fields, requestHeaders);
  return {
    status,
    outcome: { form: name, isDone: true, detail: "", errors: [], values },
    path: typeof led === "string" ? led : (led?.path ?? null),
    cookies: [...cookies, ...(typeof led === "string" ? [] : (led?.cookies ?? []))],
  };
}

function send<S extends Shape>(handler: Handler<S>, input: InputOf<S>, headers: Headers): Promise<Response> {
  const { method, path } = handler.declaration;
  const { params, body } = input;
  // what a field holds need not be of any form: the handler says so
  const request = new Request(new URL(addressOf({ path }, { params, query: input.query }), env.APP_URL), {
    method,
    headers,
    body: method === "GET" || body === undefined ? undefined : JSON.stringify(body),
  });
  return handler(request, { params: Promise.resolve(Object.fromEntries(Object.entries(params ?? {}))) });
}
