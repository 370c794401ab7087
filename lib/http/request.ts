import { isIPv6 } from "node:net";
import { env } from "#lib/env/index.ts";

/**
 * The caller's address: the connection's own (set by the server in front of the routes), or what one trusted proxy
 * appended last. What a client sends in X-Forwarded-For itself never counts.
 */
export function clientAddress(headers: Headers): string | null {
  const address = (env.TRUST_PROXY && lastForwarded(headers)) || headers.get("x-sheaf-address");
  return address ? address.replace(/^::ffff:/, "") : null;
}

const lastForwarded = (headers: Headers): string | undefined =>
  headers
    .get("x-forwarded-for")
    ?.split(",")
    .map((part) => part.trim())
    .filter(Boolean)
    .at(-1);

/** What limits count: one IPv4 address, or a whole IPv6 /64, since one host owns all of it. */
export function addressBlock(address: string | null): string {
  if (!address) return "unknown";
  if (!isIPv6(address)) return address;
  const [head = "", tail = ""] = address.split("%")[0]!.split("::");
  const left = head ? head.split(":") : [];
  const right = tail ? tail.split(":") : [];
  const groups = [...left, ...Array<string>(Math.max(0, 8 - left.length - right.length)).fill("0"), ...right];
  return `${groups
    .slice(0, 4)
    .map((group) => parseInt(group || "0", 16).toString(16))
    .join(":")}::/64`;
}

/** Bodies of calls are small; files go to the store. */
const MAX_BODY_BYTES = 1_048_576;

/** The JSON body; `undefined` when empty, `null` result when it is too large or not JSON. */
export async function readJson(
  request: Request,
): Promise<{ value: unknown } | { fault: "too_large" | "not_json" }> {
  if (!request.body) return { value: undefined };
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of request.body as unknown as AsyncIterable<Uint8Array>) {
    size += chunk.byteLength;
    if (size > MAX_BODY_BYTES) return { fault: "too_large" };
    chunks.push(chunk);
  }
  if (size === 0) return { value: undefined };
  try {
    return { value: JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(Buffer.concat(chunks))) };
  } catch {
    return { fault: "not_json" };
  }
}

/**
 * Whether a write that rides on a cookie comes from our own pages: `Origin` is ours, or, where a browser sends none,
 * it says same-origin itself. A form of another site can do neither.
 */
export function isSameOrigin(headers: Headers): boolean {
  const origin = headers.get("origin");
  if (origin) return origin === new URL(env.APP_URL).origin;
  return headers.get("sec-fetch-site") === "same-origin";
}
