"use client";
import { useWindowVirtualizer } from "@tanstack/react-virtual";
import { type ReactNode, type RefObject, useEffect } from "react";
import type { DocumentView } from "#lib/documents/schema.ts";
import type { ViewMode } from "./view-mode.ts";

const lineHeightPixels = { grid: 248, list: 52 };

interface VirtualLinesProps {
  documents: DocumentView[];
  view: ViewMode;
  /** Items in one line. */
  columns: number;
  /** Where the list begins on the page, and what is between two lines of tiles. */
  top: number;
  gapPixels: number;
  scrollRef: RefObject<((index: number) => void) | null>;
  item: (document: DocumentView, index: number) => ReactNode;
}

/** A long list, of which only the lines near the window exist. */
export function VirtualLines({
  documents,
  view,
  columns,
  top,
  gapPixels,
  scrollRef,
  item,
}: VirtualLinesProps) {
  const virtualizer = useWindowVirtualizer({
    count: Math.ceil(documents.length / columns),
    estimateSize: () => lineHeightPixels[view],
    gap: view === "grid" ? gapPixels : 0,
    overscan: 6,
    scrollMargin: top,
    // what the top bar covers
    scrollPaddingStart: 64,
    scrollPaddingEnd: 80,
  });
  useEffect(() => {
    scrollRef.current = (index) => virtualizer.scrollToIndex(Math.floor(index / columns), { align: "auto" });
    return () => {
      scrollRef.current = null;
    };
  }, [columns, scrollRef, virtualizer]);
  return (
    <div role="presentation" className="relative" style={{ height: virtualizer.getTotalSize() }}>
      {virtualizer.getVirtualItems().map((line) => (
        <div
          key={line.key}
          ref={virtualizer.measureElement}
          data-index={line.index}
          role="presentation"
          className={view === "grid" ? "absolute inset-x-0 top-0 grid gap-4" : "absolute inset-x-0 top-0"}
          style={{
            gridTemplateColumns: view === "grid" ? `repeat(${columns}, minmax(0, 1fr))` : undefined,
            transform: `translateY(${line.start - top}px)`,
          }}
        >
          {documents
            .slice(line.index * columns, (line.index + 1) * columns)
            .map((document, offset) => item(document, line.index * columns + offset))}
        </div>
      ))}
    </div>
  );
}
