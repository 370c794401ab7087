import { randomBytes } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { closePageAnswer, openPageAnswer } from "./page-answer.ts";

/** The same for every answer. */
const HEADERS = {
  "X-Content-Type-Options": "nosniff",
  "X-Frame-Options": "DENY",
  // addresses of public links are secrets: other sites get no referrer at all
  "Referrer-Policy": "same-origin",
  "Cross-Origin-Opener-Policy": "same-origin",
  "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=(), browsing-topics=()",
};
const TRANSPORT_SECURITY = "max-age=31536000; includeSubDomains";

/** Of what a browser shows or runs as a page: HTML, and the parts of pages that Next's router fetches. */
const PAGE_TYPE = /^(text\/html|application\/xhtml\+xml|text\/x-component)/i;

/** What public links open, and what they answer in its place: unlisted, pictures and files included. */
const OF_LINKS = /^\/(s|share|api\/v1\/share)(?=[/?]|$)/i;

/** For every answer, whichever part of the app makes it. */
export function setCommonHeaders(res: ServerResponse, secure: boolean, target = "/"): void {
  for (const [name, value] of Object.entries(HEADERS)) res.setHeader(name, value);
  if (OF_LINKS.test(target)) res.setHeader("X-Robots-Tag", "noindex");
  if (secure) res.setHeader("Strict-Transport-Security", TRANSPORT_SECURITY);
}

/**
 * Hands the page's nonce and address to whatever renders (Next reads the nonce out of the policy in the *request*), and
 * gives every answer that turns out to be a page its policy, what the page itself says (`answerPage`), and to nobody to keep. By the answer's type, so that it
 * holds for error pages and for addresses that look like files; not for scripts: a worker obeys the policy of its file.
 */
export function guardPage(
  req: IncomingMessage,
  res: ServerResponse,
  policyOf: (nonce: string) => string,
): void {
  const nonce = randomBytes(16).toString("base64");
  const policy = policyOf(nonce);
  req.headers["x-nonce"] = nonce;
  req.headers["x-path"] = withoutRouterKey(req.url ?? "/");
  req.headers["x-method"] = req.method;
  req.headers["content-security-policy"] = policy;
  delete req.headers["content-security-policy-report-only"];
  // nothing here is large enough to come in parts, and Next fails over a range that holds nothing
  delete req.headers.range;

  const own = openPageAnswer(nonce);
  res.once("close", () => closePageAnswer(nonce));
  const writeHead = res.writeHead.bind(res) as (...args: unknown[]) => ServerResponse;
  res.writeHead = (...args: unknown[]) => {
    const type = typeOf(args.at(-1)) ?? res.getHeader("content-type");
    // what a failure without a type is shown as is up to the browser; a 304 has none, and speaks of what is kept already
    if (type === undefined ? Number(args[0]) >= 400 : PAGE_TYPE.test(String(type))) {
      res.setHeader("Content-Security-Policy", policy);
      res.setHeader("Cache-Control", "private, no-store");
      for (const [name, value] of Object.entries(own.headers)) res.setHeader(name, value);
      if (own.cookies.length > 0) res.appendHeader("Set-Cookie", own.cookies);
      // where Next has a status of its own, it knows better
      if (own.status !== undefined && args[0] === 200) args[0] = res.statusCode = own.status;
    }
    return writeHead(...args);
  };
}

/** The content type among headers that are handed to `writeHead`. */
function typeOf(headers: unknown): unknown {
  if (typeof headers !== "object" || headers === null || Array.isArray(headers)) return undefined;
  return Object.entries(headers).find(([name]) => name.toLowerCase() === "content-type")?.[1];
}

/** Layouts are not told their address; it is where to return to after signing in. */
function withoutRouterKey(target: string): string {
  if (!target.includes("_rsc=")) return target;
  const [path = "/", query = ""] = target.split("?", 2);
  const rest = query.split("&").filter((part) => !part.startsWith("_rsc="));
  return rest.length > 0 ? `${path}?${rest.join("&")}` : path;
}
