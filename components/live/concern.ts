import type { Query } from "@tanstack/react-query";
import type { LiveEvent } from "#lib/realtime/values.ts";

/** What of a query says what it is about: its key, and for a document which collection that lies in. */
type Shown = Pick<Query, "queryKey" | "state">;

/**
 * Whether what a query shows may have changed by an event. Every query's key begins with its kind, and names what it is
 * about: `["documents", "detail", id]`. Kinds that are not here change by their own page alone.
 */
export function concerns({ name, data }: LiveEvent, query: Shown): boolean {
  const [first, what] = query.queryKey;
  const kind = String(first);
  const has = (id: string | undefined) => id !== undefined && query.queryKey.includes(id);
  const isList = what === "list" || what === "writable";
  const { collectionId, documentId, workspaceId } = data;
  // what is in a file never changes
  if (what === "text") return false;
  if (kind === "shares") return shareEvents.has(name);
  // anything may be found now, or not any more
  if (kind === "search") return isFound.has(name);
  switch (name) {
    case "collection/changed":
      if (kind === "collections") return isList || has(collectionId);
      if (kind === "documents") return isList ? isOf(query, collectionId) : liesIn(query, collectionId);
      return isAccess(kind) && has(collectionId);
    case "document/changed":
      if (kind === "collections") return isList || has(collectionId);
      if (kind === "documents") return isList ? isOf(query, collectionId) : has(documentId);
      // links open a document in one of its access modes alone
      return (isAccess(kind) || kind === "links") && has(documentId);
    case "document/processed":
      return kind === "documents" && (isList ? isOf(query, collectionId) : has(documentId));
    case "access/changed":
      if (collectionId === undefined && documentId === undefined) return isOpened(kind) || isAccess(kind);
      // who has access to a document may have it from its collection
      if (isAccess(kind))
        return has(collectionId) || has(documentId) || (collectionId !== undefined && what === "document");
      if (kind === "collections") return collectionId !== undefined && (isList || has(collectionId));
      if (kind !== "documents") return false;
      if (isList) return documentId !== undefined || isOf(query, collectionId);
      return has(documentId) || liesIn(query, collectionId);
    case "link/changed":
      if (kind !== "links") return false;
      return workspaceId !== undefined ? what === "workspace" : has(collectionId) || has(documentId);
    case "group/changed":
      return ["groups", "grants", "access", "subjects"].includes(kind);
    case "role/changed":
      return ["roles", "grants", "access"].includes(kind);
    case "person/changed":
      return ["people", "groups", "grants", "access", "subjects", "settings"].includes(kind);
    case "workspace/changed":
      return ["collections", "people"].includes(kind);
    case "offer/changed":
      return kind === "offers" || (kind === "people" && what === "invitations");
    case "request/changed":
      return kind === "access-requests" && (has(collectionId) || has(documentId) || has(data.requestId));
    case "transfer/changed":
      return kind === "transfers" && (has(collectionId) || has(data.transferId));
    case "share/changed":
      return false;
    case "quota/changed":
      return kind === "quota" || kind === "settings";
    case "job/changed":
      return kind === "jobs";
    case "notification/changed":
      return kind === "notifications";
    case "session/changed":
      return ["sessions", "tokens", "settings"].includes(kind);
  }
}

/** By what the list of what is shared with the reader may become another. */
const shareEvents: ReadonlySet<string> = new Set<LiveEvent["name"]>([
  ...(["collection/changed", "document/changed", "access/changed", "group/changed"] as const),
  ...(["person/changed", "role/changed", "share/changed"] as const),
]);

/** By what something else may be found. */
const isFound: ReadonlySet<string> = new Set<LiveEvent["name"]>([
  ...(["collection/changed", "document/changed", "document/processed", "access/changed"] as const),
  ...(["group/changed", "role/changed", "person/changed", "workspace/changed"] as const),
]);

const isOpened = (kind: string) => kind === "collections" || kind === "documents";
const isAccess = (kind: string) => kind === "grants" || kind === "access";

/** A list of documents of this collection, or of no single one. */
function isOf({ queryKey }: Shown, collectionId: string | undefined): boolean {
  const listed = queryKey[3];
  return typeof listed !== "string" || listed === collectionId;
}

/** A document that lies in this collection, as far as is known. */
function liesIn({ state }: Shown, collectionId: string | undefined): boolean {
  if (collectionId === undefined) return false;
  const id = textIn(valueIn(state.data, "collection"), "id");
  return id === null || id === collectionId;
}

/** A member of what a query holds, which is anything. */
const valueIn = (data: unknown, name: string): unknown =>
  typeof data === "object" && data !== null && name in data ? Reflect.get(data, name) : undefined;

export function textIn(data: unknown, name: string): string | null {
  const value = valueIn(data, name);
  return typeof value === "string" ? value : null;
}
