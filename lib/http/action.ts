import { cookies, headers } from "next/headers";
import { redirect } from "next/navigation";
import { z } from "zod";
import { type PageForm } from "./form-post.ts";
import { type FormOutcome } from "./schema.ts";

/** Tells the next page what came of a form, once and to its sender alone. */
const COOKIE = "sheaf-form";
/** For the page that follows at once. */
const COOKIE_SECONDS = 15;

const outcomeSchema: z.ZodType<FormOutcome> = z.object({
  form: z.string(),
  isDone: z.boolean(),
  detail: z.string(),
  errors: z.array(z.object({ path: z.string(), message: z.string() })),
  values: z.record(z.string(), z.string()),
});

/**
 * Makes the server action of a form. It takes nothing but the form's fields, never values of React's own format (the
 * front door lets no other in), and answers by leading on: to where a success leads, or back to the page it stands on.
 */
export const action =
  (form: PageForm) =>
  async (fields: FormData): Promise<void> => {
    const [requestHeaders, cookieStore] = await Promise.all([headers(), cookies()]);
    const { outcome, path, cookies: lines } = await form.post(fields, new Headers(requestHeaders));
    for (const line of lines) cookieStore.set(parsedCookie(line));
    // the server sets the address asked for on every page's request
    const here = requestHeaders.get("x-path") ?? "/";
    if (path === null)
      cookieStore.set(COOKIE, JSON.stringify(outcome), {
        ...{ httpOnly: true, sameSite: "lax", maxAge: COOKIE_SECONDS, path: here.split("?", 1)[0] },
      });
    redirect(path ?? here);
  };

/** What came of a form that was just sent from this page. */
export async function formOutcome(name: string): Promise<FormOutcome | null> {
  const text = (await cookies()).get(COOKIE)?.value;
  if (!text) return null;
  try {
    const outcome = outcomeSchema.parse(JSON.parse(text));
    return outcome.form === name ? outcome : null;
  } catch {
    return null;
  }
}

/** A line of `Set-Cookie`, as our own handlers write it. */
function parsedCookie(line: string) {
  const [pair = "", ...attributes] = line.split("; ");
  const at = pair.indexOf("=");
  const known = new Map(
    attributes.map((attribute) => {
      const [name = "", value = ""] = attribute.split("=", 2);
      return [name.toLowerCase(), value] as const;
    }),
  );
  const maxAge = known.get("max-age");
  const expires = known.get("expires");
  return {
    name: pair.slice(0, at),
    value: decodeURIComponent(pair.slice(at + 1)),
    path: known.get("path") ?? "/",
    httpOnly: known.has("httponly"),
    secure: known.has("secure"),
    sameSite: known.get("samesite")?.toLowerCase() === "strict" ? ("strict" as const) : ("lax" as const),
    ...(maxAge !== undefined && { maxAge: Number(maxAge) }),
    ...(expires !== undefined && { expires: new Date(expires) }),
  };
}
