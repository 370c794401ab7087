import type { IncomingMessage } from "node:http";
import routerState from "next/dist/server/app-render/parse-and-validate-flight-router-state.js";
import { AppError } from "#lib/errors/index.ts";
import { isForm } from "./form-door.ts";
import { canonicalHost } from "./host.ts";

const METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];
/** What changes something is a call of the API, but for the forms of a few pages. */
const PAGE_METHODS = ["GET", "HEAD"];

/** Calls of programs, whose refusals are problem details; everything else is asked for by browsers. */
export const isCall = (target: string): boolean => /^\/(api|scim)(\/|$|\?)/.test(target);

/**
 * Why a request goes no further, or null. Whatever Next would answer by an error of its own, because it decodes or parses
 * it without expecting it to be malformed, ends here.
 */
export function refusalAtDoor(req: IncomingMessage, isDevelopment: boolean): AppError | null {
  const { method = "", url: target = "" } = req;
  if (!METHODS.includes(method)) return methodNotAllowed(METHODS);
  const path = decodedPath(target);
  if (path === null) return malformed("The target is no path");
  if (!hasOneHost(req)) return malformed("The host is none");
  if (isCall(target) || target.startsWith("/storage/")) return null;
  // the development tools have addresses of their own
  if (isDevelopment && path.startsWith("/_")) return null;
  // pages that Next makes for itself; to ask for the one about failures is answered by a failure
  if (/^\/_(?!next(\/|$))/.test(path)) return new AppError("not_found", "An address of Next's own");
  if (!PAGE_METHODS.includes(method) && !isForm(req, path)) return methodNotAllowed(PAGE_METHODS);
  if (!hasReadableRouterState(req)) return malformed("The router's state can't be parsed");
  return null;
}

/** Of a request that was let in: whether it is the form of a page. */
export const isPageForm = (req: IncomingMessage): boolean => isForm(req, decodedPath(req.url ?? "") ?? "");

const malformed = (message: string) => new AppError("malformed_request", message);
const methodNotAllowed = (allow: string[]) =>
  new AppError("method_not_allowed", "Method refused", { allow: allow.join(", ") });

/** The path of a target, decoded once; null where it is no path, or does not decode to text. */
function decodedPath(target: string): string | null {
  // only what may stand in an address, so no fragment, no backslash, nothing beyond ASCII, and no address of another site
  if (!/^\/[!-~]*$/.test(target) || /[\\#]/.test(target)) return null;
  try {
    const path = decodeURIComponent(target.split("?", 1)[0]!);
    return /[\0-\x1f\x7f]/.test(path) ? null : path;
  } catch {
    return null;
  }
}

function hasOneHost({ headersDistinct, headers, httpVersion }: IncomingMessage): boolean {
  const hosts = headersDistinct.host ?? [];
  // HTTP/1.0 knows none; what 1.1 must have has been demanded by Node
  if (hosts.length !== 1) return hosts.length === 0 && httpVersion === "1.0";
  const forwarded = [headers["x-forwarded-host"] ?? []].flat().flatMap((list) => list.split(","));
  return [...hosts, ...forwarded].every((host) => canonicalHost(host.trim(), "http:") !== null);
}

/** Asks Next's own parser, which throws: there is no second opinion of what a later version sends. */
function hasReadableRouterState({ headers }: IncomingMessage): boolean {
  const state = headers["next-router-state-tree"];
  if (state === undefined) return true;
  try {
    routerState.parseAndValidateFlightRouterState(state);
    return true;
  } catch {
    return false;
  }
}
