import { type ErrorCode, errorStatus, isInBytes, type QuotaRefusal } from "./schema.ts";

export interface ErrorDetails {
  /** Field errors of `invalid_input`; `message` is a key of the errors namespace or a plain sentence. */
  errors?: { path: string; message: string }[];
  /** Seconds until a `rate_limited` call may be tried again. */
  retryAfterSeconds?: number;
  [key: string]: unknown;
}

/**
 * The one error that crosses layers. `message` is for logs and developers; what people read is made from
 * `code`, `reason` and `details` in their language, so nothing internal leaks.
 */
export class AppError extends Error {
  readonly code: ErrorCode;
  readonly details: ErrorDetails;
  /** Picks a more specific sentence than the code alone (`problems.reasons.<reason>`). */
  readonly reason: string | undefined;

  constructor(
    code: ErrorCode,
    message: string,
    details: ErrorDetails & { reason?: string } = {},
    cause?: unknown,
  ) {
    super(message, { cause });
    this.name = "AppError";
    this.code = code;
    const { reason, ...rest } = details;
    this.reason = reason;
    this.details = rest;
  }

  get status(): number {
    return this.code === "quota_exceeded" && isInBytes(this.details.resource) ? 413 : errorStatus[this.code];
  }
}

/** The refusal of a charge; for bytes it also carries `usedBytes`, `limitBytes`, `rejectedBytes`. */
export function quotaExceeded(refusal: QuotaRefusal): AppError {
  const bytes = isInBytes(refusal.resource)
    ? { usedBytes: refusal.used, limitBytes: refusal.limit, rejectedBytes: refusal.requested }
    : {};
  return new AppError("quota_exceeded", `Over the limit of ${refusal.resource}`, { ...refusal, ...bytes });
}

/** Refusals worded alike for what is missing and what may not be seen, so that neither can be told from the other. */
export const documentNotFound = () =>
  new AppError("not_found", "No such document for this actor", { reason: "document" });
export const collectionForbidden = () =>
  new AppError("forbidden", "No such collection for this actor", { reason: "collection" });
/** What a role on a collection does not allow, on something seen; of documents `refuseAction` knows who can help. */
export const actionForbidden = (permission: string) =>
  new AppError("forbidden", `Missing permission ${permission}`, {
    reason: "action",
    permission,
    helper: "collection_owner",
  });
