"use client";
import { useQuery } from "@tanstack/react-query";
import { ContentSource } from "./content-source.ts";
import { useDocumentSource, type ViewedDocument } from "./document-source.ts";

/** More text than this is no reading matter; the rest is in the download. */
export const maxTextBytes = 8 * 1024 * 1024;

/** The text of a document, its first 8 MB. UTF-8, or UTF-16 and Windows-1252 where the bytes say so. */
export function useText({ id, sizeBytes }: Pick<ViewedDocument, "id" | "sizeBytes">) {
  const source = useDocumentSource();
  return useQuery({
    queryKey: ["documents", "text", id],
    queryFn: async ({ signal }) => {
      const bytes = await new ContentSource(id, source).head(Math.min(maxTextBytes, sizeBytes), signal);
      return decode(bytes, sizeBytes > maxTextBytes);
    },
    // the bytes of a document never change
    staleTime: Infinity,
    gcTime: 60_000,
  });
}

export function decode(bytes: Uint8Array<ArrayBuffer>, isCut = false): string {
  if ((bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff)) {
    return new TextDecoder(bytes[0] === 0xff ? "utf-16le" : "utf-16be").decode(bytes);
  }
  try {
    // a cut may fall inside a character: streaming keeps it back instead of taking it for a fault
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes, { stream: isCut });
  } catch {
    return new TextDecoder("windows-1252").decode(bytes);
  }
}
