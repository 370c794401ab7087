import type { CollectionView } from "#lib/collections/schema.ts";
import type { DocumentView } from "#lib/documents/schema.ts";

/** What can be shared, as its page knows it. */
export type Shareable = { collection: CollectionView } | { document: DocumentView };

/** What a share dialog is about: a collection or a document, as far as both are alike. */
export interface SharedThing {
  type: "collection" | "document";
  id: string;
  name: string;
  owner: { id: string; name: string };
  /** Whether the reader may change who has access. */
  canShare: boolean;
  /** Whether the reader may see the list of grants. */
  canSeeGrants: boolean;
}

export const sharedCollection = ({ id, name, owner, abilities }: CollectionView): SharedThing => ({
  type: "collection",
  id,
  name,
  owner,
  canShare: abilities.canShare,
  canSeeGrants: abilities.canShare || abilities.canEdit,
});

export const sharedDocument = ({ id, name, owner, abilities }: DocumentView): SharedThing => ({
  type: "document",
  id,
  name,
  owner,
  canShare: abilities.canShare,
  canSeeGrants: abilities.canShare || abilities.canEdit,
});

type Ref = Pick<SharedThing, "type" | "id">;

/** Its page. */
export const pagePath = ({ type, id }: Ref): string => `/${type}s/${id}`;
/** Its place in the API. */
export const apiPath = ({ type, id }: Ref): string => `/api/v1/${type}s/${id}`;

/** Told of each change that was refused, with a sentence on what did not happen. */
export type OnRefused = (error: unknown, what: string) => void;
