import type { Ask, Reply } from "../support/wire.ts";
import { type Lane, type Way, wayOf } from "./lanes.ts";

/** A way to get at a document or its collection, or to change them, and what having got it looks like. */
interface Read {
  of: "collection" | "document";
  /** What more than seeing it takes. */
  needs?: Way["takes"];
  method?: "POST" | "PATCH";
  path(lane: Lane): string;
  body?(lane: Lane): unknown;
  /** Whether the answer gave what was asked for. Anything else must be a refusal. */
  gives(reply: Reply, lane: Lane): boolean;
}

const holds = ({ status, body }: Reply, { documentId }: Lane) => status === 200 && body.includes(documentId);
const isOk = ({ status }: Reply) => status === 200;
/** Of oneself: the answer lists nobody else to those who don't manage. */
const may =
  (permission: string) =>
  ({ status, body }: Reply): boolean => {
    if (status !== 200) return false;
    const { items } = JSON.parse(body) as { items: { permissions: string[]; person: { isYou: boolean } }[] };
    return items.some(({ person, permissions }) => person.isYou && permissions.includes(permission));
  };
/** A change of an old version is let through to the point where it turns out to be old: as good as done. */
const isChanged = ({ status, body }: Reply, lane: Lane): boolean => {
  if (status !== 200 && status !== 409) return false;
  const told = JSON.parse(body) as { version: number; current?: { version: number } };
  lane.version = Math.max(lane.version, told.current?.version ?? told.version);
  return true;
};

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
  "right to edit it": {
    ...{ of: "document", needs: "editing" },
    path: ({ documentId }) => `/documents/${documentId}/access`,
    gives: may("edit_documents"),
  },
  "change of it": {
    ...{ of: "document", needs: "editing", method: "PATCH" },
    path: ({ documentId }) => `/documents/${documentId}`,
    body: ({ version }) => ({ version, name: "Letter.txt" }),
    gives: isChanged,
  },
  "list of who has it": {
    ...{ of: "document", needs: "editing" },
    path: ({ documentId }) => `/documents/${documentId}/collaborators`,
    gives: isOk,
  },
  "right to edit the collection": {
    ...{ of: "collection", needs: "editing" },
    path: ({ collectionId }) => `/collections/${collectionId}/access`,
    gives: may("edit_documents"),
  },
  "right to manage": {
    ...{ of: "collection", needs: "managing" },
    path: ({ collectionId }) => `/collections/${collectionId}/access`,
    gives: may("manage_permissions"),
  },
  "another's rights": {
    ...{ of: "collection", needs: "managing" },
    path: ({ collectionId, team }) => `/collections/${collectionId}/access/explain?userId=${team.ownerId}`,
    gives: isOk,
  },
  "a grant": {
    ...{ of: "collection", needs: "managing", method: "POST" },
    path: ({ collectionId }) => `/collections/${collectionId}/collaborators`,
    body: ({ friend }) => ({ email: friend, role: "viewer", notify: false }),
    gives: ({ status }) => status === 201,
  },
  "a grant on the document": {
    ...{ of: "document", needs: "managing", method: "POST" },
    path: ({ documentId }) => `/documents/${documentId}/collaborators`,
    body: ({ friend }) => ({ email: friend, role: "viewer", notify: false }),
    gives: ({ status }) => status === 201,
  },
};
export type ReadName = keyof typeof reads;

/** The reads that a lane's way in decides about. */
export const readsOf = ({ kind }: Lane): ReadName[] =>
  Object.keys(reads).filter((name) => {
    // who was given the document alone has no list of its collection
    if (kind === "grant on the document" && name === "list of the collection") return false;
    const { reaches, takes } = wayOf(kind);
    return reads[name]!.needs === takes && (reaches === "collection" || reads[name]!.of === "document");
  });
export const isWrite = (name: ReadName): boolean => reads[name]!.method !== undefined;

export const askOf = (name: ReadName, lane: Lane): Ask => ({
  method: reads[name]!.method ?? "GET",
  path: `/api/v1${reads[name]!.path(lane)}`,
  headers: lane.reader.headers,
  body: reads[name]!.body?.(lane),
});

const refusals = new Set([200, 401, 403, 404]);

/** Whether the read got what it asked for; anything that is neither that nor a refusal throws. */
export function isGiven(name: ReadName, lane: Lane, reply: Reply): boolean {
  if (reads[name]!.gives(reply, lane)) return true;
  if (!refusals.has(reply.status)) throw new Error(`${name} answered ${reply.status}: ${reply.body}`);
  return false;
}
