import { AppError, quotaExceeded } from "#lib/errors/index.ts";
import type { QuotaRefusal } from "#lib/errors/schema.ts";

interface DatabaseError {
  code: string;
  message: string;
  detail: string | undefined;
  hint: string | undefined;
}

/** PostgreSQL's own code, message and detail, out of whatever wrapped them; null for other errors. */
export function databaseError(error: unknown): DatabaseError | null {
  for (let at: unknown = error, depth = 0; at && typeof at === "object" && depth < 6; depth++) {
    const found = at as Record<string, unknown> & { meta?: { driverAdapterError?: { cause?: unknown } } };
    const code =
      found.originalCode ??
      (typeof found.code === "string" && /^[0-9A-Z]{5}$/.test(found.code) ? found.code : undefined);
    if (typeof code === "string" && !code.startsWith("P20")) {
      const text = (value: unknown) => (typeof value === "string" ? value : undefined);
      return {
        code,
        message: text(found.originalMessage) ?? text(found.message) ?? "",
        detail: text(found.detail),
        hint: text(found.hint),
      };
    }
    at = found.meta?.driverAdapterError ?? found.cause;
  }
  return null;
}

/** What a refusal says of itself: the detail is its reason, the hint what the reason's sentence needs, as JSON. */
const refusal = ({ detail, hint }: DatabaseError) => ({
  ...(hint === undefined ? {} : (JSON.parse(hint) as Record<string, string | number>)),
  reason: detail,
});

/** The refusals of the database's own functions and policies, as the errors the rest of the program speaks. */
export function asAppError(error: unknown): unknown {
  const found = databaseError(error);
  if (!found) return error;
  switch (found.code) {
    case "SH001":
      return quotaExceeded(JSON.parse(found.detail ?? "{}") as QuotaRefusal);
    case "SH002":
      return new AppError("not_found", found.message, { reason: found.detail }, error);
    case "SH003":
      return new AppError("forbidden", found.message, refusal(found), error);
    case "SH004":
    case "SH005":
      return new AppError("conflict", found.message, refusal(found), error);
    case "SH006":
      return new AppError("unauthenticated", found.message, {}, error);
    case "23503":
      // what it belongs to was deleted at the same moment
      return new AppError("conflict", "A row it refers to is gone", {}, error);
    // data that no schema should have let through: text, numbers and times that its types can't hold
    case "22001":
    case "22003":
    case "22007":
    case "22008":
    case "22009":
    case "22021":
    case "22P02":
    case "22P05":
      return new AppError("invalid_input", "Data the database can't hold", {}, error);
    case "42501":
      return new AppError("forbidden", "Refused by a policy", { reason: "action" }, error);
    default:
      return error;
  }
}

/** Deadlock victims and serialization failures did nothing and may simply be tried again. */
export const isRetryable = (error: unknown): boolean =>
  ["40P01", "40001"].includes(databaseError(error)?.code ?? "");
export const isUniqueViolation = (error: unknown): boolean =>
  databaseError(error)?.code === "23505" || (error as { code?: string } | null)?.code === "P2002";
