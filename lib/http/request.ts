import { isIPv4, isIPv6 } from "node:net";
import { env } from "#lib/env/index.ts";

/**
 * The caller's address in its one spelling: what one trusted proxy appended last, else the connection's own (set by the
 * server in front of the routes). What a client sends in X-Forwarded-For itself never counts, nor what is no address.
 */
export function clientAddress(headers: Headers): string | null {
  const forwarded = env.TRUST_PROXY ? lastForwarded(headers) : undefined;
  return canonicalAddress(forwarded) ?? canonicalAddress(headers.get("x-sheaf-address"));
}

const lastForwarded = (headers: Headers): string | undefined =>
  headers
    .get("x-forwarded-for")
    ?.split(",")
    .map((part) => part.trim())
    .filter(Boolean)
    .at(-1);

/** Longer than any address with its port, zone and quotes. */
const MAX_ADDRESS_LENGTH = 100;

/**
 * The one spelling of an address, or null for what is none. Proxies append ports and quotes, systems append zones, and
 * IPv4 comes wrapped in IPv6: all of these are the same caller.
 */
export function canonicalAddress(text: string | null | undefined): string | null {
  if (!text || text.length > MAX_ADDRESS_LENGTH) return null;
  const bare = text.trim().replace(/^"(.*)"$/, "$1");
  const [, enclosed] = /^\[([^\]]*)\](?::\d+)?$/.exec(bare) ?? [];
  const [, dotted] = /^([\d.]+):\d+$/.exec(bare) ?? [];
  const address = (enclosed ?? dotted ?? bare).split("%")[0]!;
  if (isIPv4(address)) return enclosed === undefined ? address : null;
  if (!isIPv6(address)) return null;
  // the URL parser lowers, shortens and compresses it, an IPv4 tail included
  const canonical = new URL(`http://[${address}]`).hostname.slice(1, -1);
  const [, high, low] = /^::ffff:([\da-f]+):([\da-f]+)$/.exec(canonical) ?? [];
  if (high === undefined || low === undefined) return canonical;
  const bytes = [high, low].flatMap((group) => [parseInt(group, 16) >> 8, parseInt(group, 16) & 255]);
  return bytes.join(".");
}

/** What limits count: one IPv4 address, or a whole IPv6 /64, since one host owns all of it. */
export function addressBlock(address: string | null): string {
  const canonical = canonicalAddress(address);
  if (!canonical) return "unknown";
  if (isIPv4(canonical)) return canonical;
  const [head = "", tail] = canonical.split("::");
  const left = head ? head.split(":") : [];
  const right = tail ? tail.split(":") : [];
  const groups = [...left, ...Array<string>(8 - left.length - right.length).fill("0"), ...right];
  return `${groups.slice(0, 4).join(":")}::/64`;
}

/** Bodies of calls are small; files go to the store. */
export const MAX_BODY_BYTES = 65_536;

/** The JSON body with its text, `undefined` when empty; a fault when it is larger than `mostBytes` or no JSON. */
export async function readJson(
  request: Request,
  mostBytes: number,
): Promise<{ value: unknown; text: string } | { fault: "too_large" | "not_json" }> {
  if (!request.body) return { value: undefined, text: "" };
  if (Number(request.headers.get("content-length")) > mostBytes) return { fault: "too_large" };
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of request.body as unknown as AsyncIterable<Uint8Array>) {
    size += chunk.byteLength;
    if (size > mostBytes) return { fault: "too_large" };
    chunks.push(chunk);
  }
  if (size === 0) return { value: undefined, text: "" };
  try {
    const text = new TextDecoder("utf-8", { fatal: true }).decode(Buffer.concat(chunks));
    return { value: JSON.parse(text), text };
  } catch {
    return { fault: "not_json" };
  }
}

/**
 * Whether a write that rides on a cookie comes from our own pages: `Origin` is ours, or, where a browser sends none,
 * it says same-origin itself. A form of another site can do neither.
 */
export function isSameOrigin(headers: Pick<Headers, "get">): boolean {
  const origin = headers.get("origin");
  if (origin) return origin === new URL(env.APP_URL).origin;
  return headers.get("sec-fetch-site") === "same-origin";
}
