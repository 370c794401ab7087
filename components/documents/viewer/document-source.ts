"use client";
import { type ComponentType, createContext, useContext } from "react";
import type { DocumentView } from "#lib/documents/schema.ts";
import { DownloadLink } from "../download-link.tsx";
import { downloadPath, fetchContentUrl, thumbnailPath } from "../queries.ts";

/** What viewers need to know of a document. */
export type ViewedDocument = Pick<DocumentView, "id" | "name" | "contentType" | "sizeBytes" | "hasThumbnail">;

/** Where viewers get a document's bytes from: by the reader's own rights, or by a public link. */
export interface DocumentSource {
  /** A short-lived address of the bytes. */
  contentUrl(id: string): Promise<{ url: string; expiresAt: string }>;
  /** Redirects to the bytes, to be shown in place. */
  inlinePath(id: string): string;
  thumbnailPath(id: string): string;
  /** Offers the file itself, where a viewer can't show it. */
  Download: ComponentType<{ documentId: string; variant?: "primary" }>;
}

const ownDocuments: DocumentSource = {
  contentUrl: fetchContentUrl,
  inlinePath: (id) => downloadPath(id, { inline: true }),
  thumbnailPath,
  Download: DownloadLink,
};

const Source = createContext(ownDocuments);
export const DocumentSourceProvider = Source.Provider;
export const useDocumentSource = (): DocumentSource => useContext(Source);
