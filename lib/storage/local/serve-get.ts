import type { IncomingMessage, ServerResponse } from "node:http";
import { pipeline } from "node:stream/promises";
import { presentation } from "../disposition.ts";
import { objectNotFound } from "../validate.ts";
import type { LocalStorageContext } from "./context.ts";
import { openObject } from "./object-file.ts";
import { Refusal } from "./refusal.ts";
import type { Permit } from "./signing.ts";

const CHUNK_BYTES = 256 * 1024;

type Range = { start: number; end: number };

/**
 * The requested range. Null means the whole object: there is no range, several, or an unreadable one, which RFC 9110
 * lets a server ignore. "unsatisfiable" when it begins beyond the end.
 */
export function parseRange(header: string | undefined, sizeBytes: number): Range | "unsatisfiable" | null {
  const match = /^bytes=[ \t]*(\d{0,16})-(\d{0,16})[ \t]*$/i.exec(header ?? "");
  if (!match || (match[1] === "" && match[2] === "")) return null;
  const [first, last] = [match[1]!, match[2]!];
  if (first === "") {
    const suffix = Number(last);
    if (suffix === 0 || sizeBytes === 0) return "unsatisfiable";
    return { start: Math.max(0, sizeBytes - suffix), end: sizeBytes - 1 };
  }
  const start = Number(first);
  const end = last === "" ? Infinity : Number(last);
  if (end < start) return null;
  return start >= sizeBytes ? "unsatisfiable" : { start, end: Math.min(end, sizeBytes - 1) };
}

const matches = (header: string, etag: string): boolean =>
  header.trim() === "*" ||
  header.split(",").some((candidate) => candidate.trim().replace(/^W\//, "") === etag);

export async function serveGet(
  context: LocalStorageContext,
  permit: Extract<Permit, { op: "get" }>,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const object = await openObject(context.paths.object(permit.key));
  if (!object) throw objectNotFound();
  const { handle, stat } = object;
  try {
    const etag = `"${stat.sha256}"`;
    const lastModified = stat.modifiedAt.toUTCString();
    const shown = presentation(permit);
    const headers: Record<string, string | number> = {
      "Content-Type": shown.contentType,
      "Content-Disposition": shown.contentDisposition,
      "Accept-Ranges": "bytes",
      ETag: etag,
      "Last-Modified": lastModified,
      // A cached copy must not outlive the address.
      "Cache-Control": `private, max-age=${Math.max(0, Math.floor(permit.expires - Date.now() / 1000))}`,
    };
    const known = request.headers["if-none-match"];
    if (known !== undefined && matches(known, etag)) {
      response.writeHead(304, headers).end();
      return;
    }
    const condition = request.headers["if-range"];
    const current = condition === undefined || condition === etag || condition === lastModified;
    const range =
      current && request.method === "GET" ? parseRange(request.headers.range, stat.sizeBytes) : null;
    if (range === "unsatisfiable") {
      throw new Refusal(416, "The object ends before this range.", {
        "Content-Range": `bytes */${stat.sizeBytes}`,
      });
    }
    const { start, end } = range ?? { start: 0, end: stat.sizeBytes - 1 };
    if (range) headers["Content-Range"] = `bytes ${start}-${end}/${stat.sizeBytes}`;
    headers["Content-Length"] = end - start + 1;
    response.writeHead(range ? 206 : 200, headers);
    if (request.method === "HEAD" || end < start) {
      response.end();
      return;
    }
    await pipeline(
      handle.createReadStream({ start, end, highWaterMark: CHUNK_BYTES, autoClose: false }),
      response,
    );
  } finally {
    await handle.close();
  }
}
