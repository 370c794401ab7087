/** What a visitor may at most: view, and as a commenter also comment and suggest. */
export type LinkRole = "viewer" | "commenter";

/** Exactly one of the two ids. A document's link opens it while its access mode is link. */
export type CreateLinkInput = ({ collectionId: string } | { documentId: string }) & {
  role: LinkRole;
  /** Tells links of one resource apart; at most 120 characters. */
  name?: string;
  /** ISO 8601; in the future. Without one it stays until it is revoked. */
  expiresAt?: string | null;
};

export interface LinkView {
  id: string;
  name: string;
  role: LinkRole;
  /** Null when it was sealed under another secret of the installation: it opens, but can't be copied again. */
  token: string | null;
  /** Suspended is what opens nothing now: a document that left the mode link, or something in the trash. */
  state: "open" | "expired" | "suspended";
  expiresAt: string | null;
  createdBy: { id: string; name: string } | null;
  createdAt: string;
  viewCount: number;
  lastAccessedAt: string | null;
}

export type CreatedLinkView = Pick<LinkView, "id" | "name" | "role" | "expiresAt"> & { token: string };
