import { type QueryKey } from "@tanstack/react-query";
import { describe, expect, it } from "vitest";
import { ownRequestKey, requestsQuery } from "#components/access-requests/queries.ts";
import { collectionKey, collectionListKey } from "#components/collections/queries.ts";
import { documentKey, documentListKey } from "#components/documents/queries.ts";
import { quotaQuery } from "#components/shell/queries.ts";
import { grantsQuery, visibilityQuery } from "#components/sharing/queries.ts";
import type { LiveEvent, LiveEventName } from "#lib/realtime/values.ts";
import { concerns } from "./concern.ts";

const [c, d] = ["collection-1", "document-1"];
const event = (name: LiveEventName, data: LiveEvent["data"] = {}): LiveEvent => ({ name, data });
const isConcerned = (one: LiveEvent, queryKey: QueryKey, data?: unknown) =>
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  concerns(one, { queryKey, state: { data } as any });

describe("what is asked for again", () => {
  it.each([
    ["a collection and what it holds", event("collection/changed", { collectionId: c }), collectionKey(c)],
    ["its visibility", event("collection/changed", { collectionId: c }), visibilityQuery(c).queryKey],
    ["lists of collections", event("access/changed", { collectionId: c }), collectionListKey("shared")],
    [
      "its grants",
      event("access/changed", { collectionId: c }),
      grantsQuery({ type: "collection", id: c }).queryKey,
    ],
    [
      "its documents",
      event("document/changed", { documentId: d, collectionId: c }),
      documentListKey({ scope: "live", collectionId: c }),
    ],
    [
      "lists of all documents",
      event("document/changed", { documentId: d, collectionId: c }),
      documentListKey({ scope: "shared" }),
    ],
    ["everything, when it is not known what", event("access/changed"), documentKey(d)],
    [
      "who asks for it",
      event("request/changed", { collectionId: c }),
      requestsQuery({ type: "collection", id: c }).queryKey,
    ],
    ["one's own request", event("request/changed", { documentId: d }), ownRequestKey({ id: d })],
    ["the quota", event("quota/changed"), quotaQuery().queryKey],
  ] as const)("%s", (_, one, key) => expect(isConcerned(one, key)).toBe(true));

  it("is a document whose collection was closed", () => {
    const one = event("access/changed", { collectionId: c });
    expect(isConcerned(one, documentKey(d), { collection: { id: c } })).toBe(true);
    expect(isConcerned(one, documentKey(d), { collection: { id: "another" } })).toBe(false);
  });

  it.each([
    ["another collection", event("collection/changed", { collectionId: c }), collectionKey("another")],
    [
      "documents of another collection",
      event("document/changed", { documentId: d, collectionId: c }),
      documentListKey({ scope: "live", collectionId: "another" }),
    ],
    [
      "side bars, while a document is read",
      event("document/processed", { documentId: d, collectionId: c }),
      collectionListKey("owned"),
    ],
    [
      "what is in a file",
      event("document/changed", { documentId: d, collectionId: c }),
      ["documents", "text", d],
    ],
    ["the quota of others", event("access/changed"), quotaQuery().queryKey],
  ] as const)("is not %s", (_, one, key) => expect(isConcerned(one, key)).toBe(false));
});
