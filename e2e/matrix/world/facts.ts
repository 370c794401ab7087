import type { CollectionFact, DocumentFact, PersonaName } from "../rules.ts";

const live = (owner: PersonaName, mode: DocumentFact["mode"] = "collection"): DocumentFact => ({
  owner,
  mode,
  state: "live",
});
/** What lies in every collection. */
export const documentFacts = {
  authored: live("author"),
  "collection owner's": live("owner"),
  "uploader's": live("uploader"),
  private: live("author", "private"),
  "collection owner's, private": live("owner", "private"),
  invite: live("author", "invite"),
  link: live("author", "link"),
  trashed: { ...live("author"), state: "trashed" },
  pending: { ...live("author"), state: "pending" },
} satisfies Record<string, DocumentFact>;
export type DocumentKey = keyof typeof documentFacts;
export const documentKeys = Object.keys(documentFacts) as DocumentKey[];

export const collectionFacts = {
  closed: { visibility: "private", isTrashed: false },
  "open to the workspace": { visibility: "workspace", isTrashed: false },
  public: { visibility: "public", isTrashed: false },
  trashed: { visibility: "private", isTrashed: true },
} satisfies Record<string, CollectionFact>;
export type CollectionKey = keyof typeof collectionFacts;
export const collectionKeys = Object.keys(collectionFacts) as CollectionKey[];
