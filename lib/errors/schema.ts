/** Every error code a client can meet, with its HTTP status. `quota_exceeded` is 413 for bytes, 403 for counts. */
export const errorStatus = {
  malformed_request: 400,
  unauthenticated: 401,
  forbidden: 403,
  not_found: 404,
  method_not_allowed: 405,
  conflict: 409,
  link_expired: 410,
  link_revoked: 410,
  file_too_large: 413,
  type_not_allowed: 415,
  content_mismatch: 422,
  invalid_input: 422,
  quota_exceeded: 403,
  rate_limited: 429,
  internal: 500,
  upstream_unavailable: 503,
} as const;

export type ErrorCode = keyof typeof errorStatus;

/** The body of every refusal: RFC 9457 problem details. `title` and `detail` are in the reader's language. */
export interface Problem {
  type: string;
  title: string;
  status: number;
  code: ErrorCode;
  detail: string;
  requestId: string;
  /** What is wrong with which field, by path. */
  errors?: { path: string; message: string }[];
  /** Figures of the refusal, such as `usedBytes` and `limitBytes`. */
  [detail: string]: unknown;
}

const texts = ["type", "title", "code", "detail", "requestId"] as const;

/** Without Zod, which would come along to every page for this alone; a test holds it to the schema that is published. */
export function isProblem(value: unknown): value is Problem {
  if (typeof value !== "object" || value === null) return false;
  const members = new Map<string, unknown>(Object.entries(value));
  const errors = members.get("errors");
  return (
    texts.every((name) => typeof members.get(name) === "string") &&
    Object.hasOwn(errorStatus, String(members.get("code"))) &&
    Number.isSafeInteger(members.get("status")) &&
    (errors === undefined || (Array.isArray(errors) && errors.every(isFieldError)))
  );
}

const isFieldError = (value: unknown): boolean =>
  typeof value === "object" &&
  value !== null &&
  "path" in value &&
  typeof value.path === "string" &&
  "message" in value &&
  typeof value.message === "string";

export const quotaResources = [
  "collections",
  "documents",
  "storageBytes",
  "pdfJobsPerDay",
  "collaboratorsPerCollection",
  "customRoles",
  "linksPerResource",
  "pendingBytes",
  "pendingDocuments",
  "openRequests",
] as const;
export type QuotaResource = (typeof quotaResources)[number];

/** Whether the figures of a refusal are bytes; the others are counts. */
export const isInBytes = (resource: unknown): boolean =>
  resource === "storageBytes" || resource === "pendingBytes";

/** What a refused charge says, in bytes or as counts (`isInBytes`). */
export interface QuotaRefusal {
  resource: QuotaResource;
  used: number;
  limit: number;
  requested: number;
}
