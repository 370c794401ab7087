import type { Problem } from "#lib/errors/schema.ts";

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
    super(known ? known.detail : `Call failed: ${String(problem)} (${status})`);
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

/** Whether the answer is only for people who sign in: their session ended, or what was open to everyone is not any more. */
export const isSignedOut = (error: unknown): boolean =>
  error instanceof ApiError && error.code === "unauthenticated";
