import { z } from "zod";

/** Every error code a client can meet, with its HTTP status. `quota_exceeded` is 413 for bytes, 403 for counts. */
export const errorStatus = {
  unauthenticated: 401,
  forbidden: 403,
  not_found: 404,
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
export const problemSchema = z
  .object({
    type: z.string(),
    title: z.string(),
    status: z.int(),
    code: z.enum(Object.keys(errorStatus) as [ErrorCode, ...ErrorCode[]]),
    detail: z.string(),
    requestId: z.string(),
    errors: z.array(z.object({ path: z.string(), message: z.string() })).optional(),
  })
  .loose();

export type Problem = z.infer<typeof problemSchema>;

export const quotaResources = [
  "collections",
  "documents",
  "storageBytes",
  "pdfJobsPerDay",
  "collaboratorsPerCollection",
  "customRoles",
] as const;
export type QuotaResource = (typeof quotaResources)[number];

/** What a refused charge says: figures in bytes for `storageBytes`, counts otherwise. */
export interface QuotaRefusal {
  resource: QuotaResource;
  used: number;
  limit: number;
  requested: number;
}
