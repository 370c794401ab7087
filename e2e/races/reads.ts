import type { Ask, Reply } from "../support/wire.ts";
import { type Lane, wayOf } from "./lanes.ts";

/** A way to get at a document or its collection, and what having got it looks like. */
interface Read {
  of: "collection" | "document";
  path(lane: Lane): string;
  /** Whether the answer gave what was asked for. Anything else must be a refusal. */
  gives(reply: Reply, lane: Lane): boolean;
}

const holds = ({ status, body }: Reply, { documentId }: Lane) => status === 200 && body.includes(documentId);
const isOk = ({ status }: Reply) => status === 200;

const reads: Record<string, Read> = {
  document: { of: "document", path: ({ documentId }) => `/documents/${documentId}`, gives: isOk },
  "its address for saving": {
    of: "document",
    path: ({ documentId }) => `/documents/${documentId}/download`,
    gives: ({ status, location }) => status === 302 && location !== null,
  },
  "its address for showing": {
    of: "document",
    path: ({ documentId }) => `/documents/${documentId}/content-url`,
    gives: isOk,
  },
  "rights on it": {
    of: "document",
    path: ({ documentId }) => `/documents/${documentId}/access`,
    gives: isOk,
  },
  "list of what is shared": { of: "document", path: () => "/documents?scope=shared", gives: holds },
  "list of the collection": {
    of: "document",
    path: ({ collectionId }) => `/documents?collectionId=${collectionId}`,
    gives: holds,
  },
  collection: { of: "collection", path: ({ collectionId }) => `/collections/${collectionId}`, gives: isOk },
  "rights on the collection": {
    of: "collection",
    path: ({ collectionId }) => `/collections/${collectionId}/access`,
    gives: isOk,
  },
  "list of collections": {
    of: "collection",
    path: () => "/collections?scope=shared",
    gives: ({ status, body }, { collectionId }) => status === 200 && body.includes(collectionId),
  },
};
export type ReadName = keyof typeof reads;

/** The reads that a lane's way in decides about. */
export const readsOf = ({ kind }: Lane): ReadName[] =>
  Object.keys(reads).filter((name) => {
    // who was given the document alone has no list of its collection
    if (kind === "grant on the document" && name === "list of the collection") return false;
    return wayOf(kind).reaches === "collection" || reads[name]!.of === "document";
  });

export const askOf = (name: ReadName, lane: Lane): Ask => ({
  method: "GET",
  path: `/api/v1${reads[name]!.path(lane)}`,
  headers: lane.reader.headers,
});

const refusals = new Set([200, 401, 403, 404]);

/** Whether the read got what it asked for; anything that is neither that nor a refusal throws. */
export function isGiven(name: ReadName, lane: Lane, reply: Reply): boolean {
  if (reads[name]!.gives(reply, lane)) return true;
  if (!refusals.has(reply.status)) throw new Error(`${name} answered ${reply.status}: ${reply.body}`);
  return false;
}
