import { AppError } from "#lib/errors/index.ts";
import { isInBytes } from "#lib/errors/schema.ts";
import { localeFromHeaders, translator } from "#lib/i18n/index.ts";
import { formatBytes } from "#lib/i18n/format.ts";
import { log } from "#lib/log/index.ts";

/** The one way from an error to an answer. Unexpected ones are logged with their cause and told generically. */
export function problemResponse(error: unknown, headers: Pick<Headers, "get">, requestId: string): Response {
  const known = error instanceof AppError ? error : new AppError("internal", "Unexpected error", {}, error);
  if (known.code === "internal" || known.code === "upstream_unavailable") {
    log().error({ requestId, err: known.cause ?? known }, known.message);
  } else if (known.code === "invalid_input" && known.cause) {
    // refused as late as by the database: a schema lets too much through
    log().warn({ requestId, err: known.cause }, known.message);
  }
  const locale = localeFromHeaders(headers);
  const t = translator(locale);
  const { errors, retryAfterSeconds, ...details } = known.details;
  const values = {
    seconds: retryAfterSeconds ?? 0,
    helper: "somebody",
    ...Object.fromEntries(
      Object.entries(details).filter(([, value]) => ["string", "number"].includes(typeof value)),
    ),
    ...(isInBytes(details.resource) && {
      used: formatBytes(Number(details.used), locale),
      limit: formatBytes(Number(details.limit), locale),
      requested: formatBytes(Number(details.requested), locale),
    }),
  } as Record<string, string | number>;
  const text = (part: "title" | "detail"): string => {
    const special =
      known.code === "quota_exceeded"
        ? `problems.quota.${String(details.resource)}`
        : `problems.reasons.${known.reason}`;
    const key = `${special}.${part}`;
    return t.has(key) ? t(key, values) : t(`problems.codes.${known.code}.${part}`, values);
  };
  const field = (message: string) => {
    const key = `errors.fields.${message}`;
    return t.has(key) ? t(key) : message;
  };
  return new Response(
    JSON.stringify({
      type: `about:blank#${known.code}`,
      title: text("title"),
      status: known.status,
      code: known.code,
      detail: text("detail"),
      requestId,
      ...(errors && { errors: errors.map(({ path, message }) => ({ path, message: field(message) })) }),
      ...(retryAfterSeconds !== undefined && { retryAfterSeconds }),
      ...details,
    }),
    {
      status: known.status,
      headers: {
        "content-type": "application/problem+json",
        "cache-control": "private, no-store",
        "content-language": locale,
        "x-request-id": requestId,
        ...(retryAfterSeconds !== undefined && { "retry-after": String(retryAfterSeconds) }),
      },
    },
  );
}
