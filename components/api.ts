import { type Problem, problemSchema } from "#lib/errors/schema.ts";

/** Members of a problem that `ApiError` has as fields of its own; the rest are details. */
const ownMembers = new Set(["type", "title", "status", "code", "detail", "requestId", "errors"]);

/**
 * A refused or failed call. `detail` is a sentence in the reader's language and can be shown as it is;
 * it is empty when no answer came (`code` "network") or the answer was not the API's (`code` "unknown").
 */
export class ApiError extends Error {
  readonly status: number;
  readonly code: Problem["code"] | "network" | "unknown";
  readonly title: string;
  readonly detail: string;
  /** What is wrong with which field, by path. */
  readonly errors: readonly { path: string; message: string }[];
  /** Figures of the refusal, such as `usedBytes` and `limitBytes`. */
  readonly details: Readonly<Record<string, unknown>>;
  readonly requestId: string | null;
  /** From Retry-After: seconds until another try makes sense. */
  readonly retryAfterSeconds: number | null;

  constructor(
    status: number,
    problem: Problem | "network" | "unknown",
    retryAfterSeconds: number | null = null,
  ) {
    const known = typeof problem === "string" ? null : problem;
    super(known ? known.detail : `Call failed: ${problem as string} (${status})`);
    this.name = "ApiError";
    this.status = status;
    this.code = typeof problem === "string" ? problem : problem.code;
    this.title = known?.title ?? "";
    this.detail = known?.detail ?? "";
    this.errors = known?.errors ?? [];
    this.details = Object.fromEntries(Object.entries(known ?? {}).filter(([name]) => !ownMembers.has(name)));
    this.requestId = known?.requestId ?? null;
    this.retryAfterSeconds = retryAfterSeconds;
  }
}

/** Whether somebody was told that they may not open something, or that it is not there: nobody is told which. */
export const isRefusal = (error: unknown): boolean =>
  error instanceof ApiError && [403, 404, 422].includes(error.status);

interface ApiOptions {
  method?: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  /** Sent as JSON. */
  body?: unknown;
  signal?: AbortSignal;
}

/**
 * Calls the API of this origin: `api<QuotaView>("/api/v1/me/quota")`. Resolves with the parsed JSON, or undefined
 * when the answer has no body. Throws `ApiError`; an abort throws the signal's reason as fetch does.
 */
export async function api<Answer = void>(
  path: string,
  { method = "GET", body, signal }: ApiOptions = {},
): Promise<Answer> {
  const headers: Record<string, string> = {
    accept: "application/json, application/problem+json",
    "accept-language": document.documentElement.lang,
  };
  if (body !== undefined || method !== "GET") headers["content-type"] = "application/json";
  let response: Response;
  try {
    response = await fetch(path, {
      method,
      headers,
      body: body === undefined ? undefined : JSON.stringify(body),
      signal,
      credentials: "same-origin",
    });
  } catch (error) {
    if (signal?.aborted) throw error;
    throw new ApiError(0, "network");
  }
  const text = await response.text();
  if (!response.ok) throw new ApiError(response.status, parseProblem(text), secondsUntilRetry(response));
  return (text === "" ? undefined : JSON.parse(text)) as Answer;
}

function parseProblem(text: string): Problem | "unknown" {
  try {
    return problemSchema.parse(JSON.parse(text));
  } catch {
    return "unknown";
  }
}

function secondsUntilRetry(response: Response): number | null {
  const seconds = Number.parseInt(response.headers.get("retry-after") ?? "", 10);
  return Number.isFinite(seconds) ? seconds : null;
}
