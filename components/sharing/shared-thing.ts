import type { CollectionView } from "#lib/collections/schema.ts";
import type { DocumentView } from "#lib/documents/schema.ts";

/**
 * Whose workspace something belongs to, for messages: the reader's own, or that of the collection's owner, whose name is all
 * that people of elsewhere know of it; unknown where the collection is not shared with the reader.
 */
export interface WhoseWorkspace extends Record<string, string> {
  whose: "own" | "other" | "unknown";
  owner: string;
}
export const workspaceOf = (collection: CollectionView | undefined): WhoseWorkspace =>
  collection
    ? { whose: collection.isOwnWorkspace ? "own" : "other", owner: collection.owner.name }
    : { whose: "unknown", owner: "" };

/** What can be shared, as its page knows it. */
export type Shareable = { collection: CollectionView } | { document: DocumentView };

/** What a share dialog is about: a collection or a document, as far as both are alike. */
export interface SharedThing {
  type: "collection" | "document";
  id: string;
  name: string;
  owner: { id: string; name: string };
  workspace: WhoseWorkspace;
  /** Whether the reader may change who has access. */
  canShare: boolean;
  /** Whether the reader may see the list of grants. */
  canSeeGrants: boolean;
}

const shared = ({ id, name, owner, abilities }: CollectionView | DocumentView) => ({
  ...{ id, name, owner, canShare: abilities.canShare },
  canSeeGrants: abilities.canShare || abilities.canEdit,
});

export const sharedCollection = (collection: CollectionView): SharedThing => ({
  ...{ type: "collection", ...shared(collection), workspace: workspaceOf(collection) },
});

/** With the collection it lies in, where the reader may see that. */
export const sharedDocument = (document: DocumentView, around: CollectionView | undefined): SharedThing => ({
  ...{ type: "document", ...shared(document), workspace: workspaceOf(around) },
});

type Ref = Pick<SharedThing, "type" | "id">;

/** Its page. */
export const pagePath = ({ type, id }: Ref): string => `/${type}s/${id}`;

/** Told of each change that was refused, with a sentence on what did not happen. */
export type OnRefused = (error: unknown, what: string) => void;
