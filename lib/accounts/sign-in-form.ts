import { env } from "#lib/env/index.ts";
import { handleAuth } from "./auth-handler.ts";

type Way = "credentials" | "magic-link";

/**
 * Signs in with what a form without scripts holds, as next-auth's client does: a CSRF token first, then the credentials.
 * The cookies of the session; or why not, as next-auth's client reads it: `CredentialsSignin`, `code_needed`, ….
 */
export async function signInByForm(
  requestHeaders: Headers,
  way: Way,
  credentials: Record<string, string>,
): Promise<{ cookies: string[] } | { error: string }> {
  const headers = new Headers(requestHeaders);
  for (const name of ["content-length", "content-type", "transfer-encoding"]) headers.delete(name);
  const call = (action: string, body?: URLSearchParams) =>
    handleAuth(
      new Request(new URL(`/api/auth/${action}`, env.APP_URL), {
        method: body ? "POST" : "GET",
        headers,
        body,
      }),
      action.split("/"),
    );
  const first = await call("csrf");
  if (!first.ok) return { error: "unavailable" };
  const { csrfToken } = (await first.json()) as { csrfToken: string };
  const set = first.headers.getSetCookie();
  headers.set(
    "cookie",
    [headers.get("cookie") ?? "", ...set.map((line) => line.split(";", 1)[0])].join("; "),
  );
  headers.set("content-type", "application/x-www-form-urlencoded");
  const fields = { ...credentials, csrfToken, json: "true", callbackUrl: "/" };
  const answer = await call(`callback/${way}`, new URLSearchParams(fields));
  const cookies = answer.headers.getSetCookie();
  if (answer.ok && cookies.some((line) => line.includes("session-token="))) return { cookies };
  const { url } = (await answer.json().catch(() => ({}))) as { url?: string };
  const error = url && URL.canParse(url) ? new URL(url).searchParams.get("error") : null;
  return { error: error ?? "unavailable" };
}
