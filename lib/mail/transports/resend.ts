import { hash } from "node:crypto";
import { env } from "#lib/env/index.ts";
import { MailError, type Transport } from "./transport.ts";

const TIMEOUT_MS = 20_000;

/**
 * Resend's HTTP API. A request with an idempotency key that it has seen in the last 24 hours sends nothing more, so one whose
 * answer was lost is repeated.
 */
export const resend: Transport = {
  knowsKeys: true,
  async send({ to, subject, text, html, headers }, claim) {
    let response: Response;
    try {
      response = await fetch(new URL("/emails", env.RESEND_BASE_URL), {
        method: "POST",
        headers: {
          authorization: `Bearer ${env.RESEND_API_KEY}`,
          "content-type": "application/json",
          "user-agent": "sheaf",
          ...(claim && { "idempotency-key": hash("sha256", claim.key) }),
        },
        body: JSON.stringify({
          ...{ from: env.RESEND_FROM_EMAIL ?? env.MAIL_FROM, to: [to], subject, text, html, headers },
        }),
        signal: AbortSignal.timeout(TIMEOUT_MS),
        redirect: "error",
      });
    } catch (error) {
      throw new MailError("unknown", error);
    }
    const answer = (await response.text().catch(() => "")).slice(0, 500);
    if (response.ok) return;
    const error = new Error(`Resend answered ${response.status}: ${answer}`);
    // the key is in use by a request under way, or was used with another content: that was this mail
    if (response.status === 409) {
      if (answer.includes("concurrent_idempotent_requests")) throw new MailError("unknown", error);
      if (answer.includes("invalid_idempotent_request")) return;
    }
    const seconds = Number.parseInt(response.headers.get("retry-after") ?? "", 10);
    if (response.status === 429 || response.status >= 500)
      throw new MailError(
        response.status >= 500 ? "unknown" : "unavailable",
        error,
        Number.isFinite(seconds) ? seconds : undefined,
      );
    // a key or a sender that Resend does not know is ours to mend, and the mail is none the worse for it
    throw new MailError([401, 403].includes(response.status) ? "unavailable" : "refused", error);
  },
};
