import { isProblem, type Problem } from "#lib/errors/schema.ts";
import { addressOf, type AnswerOf, type InputOf, type Operation, type Shape } from "#lib/http/operation.ts";
import { ApiError } from "./api-error.ts";

interface CallOptions {
  signal?: AbortSignal;
  /** Goes through even when the page is being left. */
  outlivesPage?: boolean;
}

/** Nothing has to be said to an operation that takes nothing. */
type CallInput<S extends Shape> =
  object extends InputOf<S> ? [input?: InputOf<S> & CallOptions] : [input: InputOf<S> & CallOptions];

/**
 * Calls an operation of this origin's API: `call(getRole, { params: { id }, signal })`. Resolves with what it answers,
 * undefined where that has no body. Throws `ApiError`; an abort throws the signal's reason as fetch does.
 */
export async function call<S extends Shape>(
  operation: Operation<S>,
  ...[input]: CallInput<S>
): Promise<AnswerOf<S>> {
  const { params, query, body, signal, outlivesPage = false } = input ?? {};
  const { method } = operation;
  const headers: Record<string, string> = {
    accept: "application/json, application/problem+json",
    "accept-language": document.documentElement.lang,
  };
  if (body !== undefined || method !== "GET") headers["content-type"] = "application/json";
  let response: Response;
  try {
    response = await fetch(addressOf(operation, { params, query }), {
      method,
      headers,
      body: body === undefined ? undefined : JSON.stringify(body),
      signal,
      credentials: "same-origin",
      keepalive: outlivesPage,
    });
  } catch (error) {
    if (signal?.aborted) throw error;
    throw new ApiError(0, "network");
  }
  const text = await response.text();
  if (!response.ok) throw new ApiError(response.status, problemIn(text), secondsUntilRetry(response));
  // what the compiler holds the handler to is not looked at again
  return parsed(text);
}

/** `any`, as JSON has no type: undefined for no text. */
const parsed = (text: string) => (text === "" ? undefined : JSON.parse(text));

function problemIn(text: string): Problem | "unknown" {
  try {
    const parsed: unknown = JSON.parse(text);
    return isProblem(parsed) ? parsed : "unknown";
  } catch {
    return "unknown";
  }
}

function secondsUntilRetry(response: Response): number | null {
  const seconds = Number.parseInt(response.headers.get("retry-after") ?? "", 10);
  return Number.isFinite(seconds) ? seconds : null;
}
