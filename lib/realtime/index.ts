import type { IncomingMessage, ServerResponse } from "node:http";
import { proofOf } from "#lib/auth/index.ts";
import type { UserActor } from "#lib/authz/actor.ts";
import { env } from "#lib/env/index.ts";
import { AppError } from "#lib/errors/index.ts";
import { Hub } from "./hub.ts";
import { type Opening, Stream } from "./stream.ts";

/** A browser has one stream, however many tabs. The oldest goes first: it may be of a computer that fell asleep. */
const MOST_PER_PERSON = 16;
/** Each takes about 20 KB. */
const MOST = 20_000;

// Next's bundles and the server around them are loaded apart: one hub per process all the same
const holder = globalThis as typeof globalThis & { sheafHub?: Hub };

/** Begins to follow what happens, so that pages know where they begin. */
export function startHub(): Hub {
  holder.sheafHub ??= new Hub();
  holder.sheafHub.start();
  return holder.sheafHub;
}

/** For pages: from which event on they are to be told what changed, as Last-Event-ID; null when that is not known. */
export const livePosition = (): string | null => holder.sheafHub?.position?.toString() ?? null;

const openings = new WeakMap<Response, Opening>();

/** Answers the call for a stream. The connection becomes one when the server sends this answer (`serveEvents`). */
export async function openStream(actor: UserActor, request: Request): Promise<Response> {
  const proof = await proofOf(request.headers);
  if (!proof) throw new AppError("unauthenticated", "Neither session nor token");
  if ((holder.sheafHub?.size ?? 0) >= MOST)
    throw new AppError("upstream_unavailable", "As many streams as there may be");
  const response = new Response(null, {
    headers: {
      "content-type": "text/event-stream; charset=utf-8",
      // what holds it back, to compress it or in a buffer, would make it late
      "cache-control": "private, no-store, no-transform",
      "x-accel-buffering": "no",
    },
  });
  openings.set(response, { userId: actor.id, proof, lastSeq: lastSeqIn(request.headers) });
  return response;
}

function lastSeqIn(headers: Headers): number | null {
  const text = headers.get("last-event-id");
  return text !== null && /^\d{1,15}$/.test(text) ? Number(text) : null;
}

/** The route's handler. */
export type Handle = (
  request: Request,
  context: { params: Promise<Record<string, never>> },
) => Promise<Response>;

/** Serves the route of streams on the connection itself: through Next each would cost several times as much. */
export async function serveEvents(handle: Handle, req: IncomingMessage, res: ServerResponse): Promise<void> {
  // as the server has left them: without what clients may not set
  const headers = Object.entries(req.headers).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, String(value)] as [string, string]],
  );
  const response = await handle(new Request(new URL(req.url ?? "/", env.APP_URL), { headers }), {
    params: Promise.resolve({}),
  });
  const opening = openings.get(response);
  for (const [name, value] of response.headers) res.setHeader(name, value);
  res.statusCode = response.status;
  if (!opening) return void res.end(Buffer.from(await response.arrayBuffer()));
  if (res.destroyed) return;
  req.socket.setKeepAlive(true, 30_000);
  const hub = startHub();
  const open = hub.streamsOf(opening.userId);
  for (const stream of open.slice(0, Math.max(0, open.length - MOST_PER_PERSON + 1))) stream.end();
  res.flushHeaders();
  hub.join(new Stream(res, opening));
}
