/** Only for parsing: a path is resolved against it and must not leave it. */
const base = "http://sheaf.invalid";

/** Where to go after signing in: a path of this application, or "/" for anything else, other sites above all. */
export function safeNextPath(value: string | string[] | null | undefined): string {
  // browsers read "\" as "/" and drop tabs and line ends, so that "/\t/evil.example" would leave
  if (typeof value !== "string" || !value.startsWith("/") || /[\\\u0000-\u0020\u007f]/.test(value))
    return "/";
  if (!URL.canParse(value, base)) return "/";
  const url = new URL(value, base);
  if (url.origin !== base || url.pathname.startsWith("//")) return "/";
  if (/^\/(api|sign-in|sign-up)(\/|$)/.test(url.pathname)) return "/";
  return url.pathname + url.search + url.hash;
}

/** A link to another page of signing in that keeps where to go afterwards. */
export const withNext = (path: string, next: string): string =>
  next === "/" ? path : `${path}?next=${encodeURIComponent(next)}`;
