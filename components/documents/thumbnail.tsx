"use client";
import { useState } from "react";
import { cn } from "#components/ui/cn.ts";
import type { DocumentView } from "#lib/documents/schema.ts";
import { KindIcon } from "./kind-icon.tsx";
import { thumbnailPath } from "./queries.ts";

type Pictured = Pick<DocumentView, "id" | "contentType" | "hasThumbnail">;

/**
 * What a large picture stands in: room of a fixed size that it never goes beyond, whatever its shape. Without a bounded
 * track, "at most all of the height" would be as high as the picture.
 */
export const pictureFrameClass =
  "grid grid-cols-[minmax(0,1fr)] grid-rows-[minmax(0,1fr)] place-items-center overflow-hidden";

/** The first page as a sheet of paper, or the kind of file where there is no picture. Decorative. */
export function Thumbnail({ document, size = "lg" }: { document: Pictured; size?: "sm" | "lg" }) {
  const [isMissing, setMissing] = useState(false);
  if (!document.hasThumbnail || isMissing) {
    return (
      <span
        aria-hidden
        className={cn(
          "border-line bg-surface text-ink-faint grid place-items-center border",
          size === "lg" ? "aspect-[3/4] h-4/5 rounded-sm" : "h-9 w-7 rounded-[3px]",
        )}
      >
        <KindIcon contentType={document.contentType} className={size === "lg" ? "size-8" : "size-4"} />
      </span>
    );
  }
  return (
    // a plain image: it is small already, and its address answers with a redirect to the store
    <img
      src={thumbnailPath(document.id)}
      alt=""
      loading="lazy"
      decoding="async"
      draggable={false}
      onError={() => setMissing(true)}
      className={cn(
        "border-line bg-white object-contain",
        size === "lg"
          ? "shadow-float max-h-full max-w-full rounded-[3px]"
          : "h-9 w-7 rounded-[3px] border object-cover object-top",
      )}
    />
  );
}
