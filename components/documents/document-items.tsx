"use client";
import { useWindowVirtualizer } from "@tanstack/react-virtual";
import { useTranslations } from "next-intl";
import { type ReactNode, type RefObject, useEffect, useLayoutEffect, useRef, useState } from "react";
import type { DocumentView } from "#lib/documents/schema.ts";
import type { DocumentActions } from "./document-menu.tsx";
import { DocumentRow, rowColumns } from "./document-row.tsx";
import { DocumentTile } from "./document-tile.tsx";
import { tileGridClass } from "./documents-skeleton.tsx";
import type { Selection } from "./use-selection.ts";
import type { ViewMode } from "./view-mode.ts";

/** Fewer are simply drawn: the browser's own find and scrolling work best on real content. */
const virtualFrom = 200;
const gapPixels = 16;
const tileMinPixels = 168;
const lineHeightPixels = { grid: 248, list: 52 };

interface DocumentItemsProps {
  documents: DocumentView[];
  view: ViewMode;
  label: string;
  selection: Selection<DocumentView>;
  actions: DocumentActions;
  scrollRef: RefObject<((index: number) => void) | null>;
  onColumns: (columns: number) => void;
}

/** The items themselves, in lines of one row or several tiles; only lines near the window exist in long lists. */
export function DocumentItems({
  documents,
  view,
  label,
  selection,
  actions,
  scrollRef,
  onColumns,
}: DocumentItemsProps) {
  const t = useTranslations("document");
  const box = useRef<HTMLDivElement>(null);
  const { columns, top } = useMeasures(box, view);
  useEffect(() => onColumns(columns), [columns, onColumns]);
  const perLine = view === "grid" ? columns : 1;
  const isVirtual = documents.length > virtualFrom;
  const virtualizer = useWindowVirtualizer({
    count: isVirtual ? Math.ceil(documents.length / perLine) : 0,
    estimateSize: () => lineHeightPixels[view],
    gap: view === "grid" ? gapPixels : 0,
    overscan: 6,
    scrollMargin: top,
    // what the top bar covers
    scrollPaddingStart: 64,
    scrollPaddingEnd: 80,
  });
  useEffect(() => {
    scrollRef.current = isVirtual
      ? (index) => virtualizer.scrollToIndex(Math.floor(index / perLine), { align: "auto" })
      : null;
  }, [isVirtual, perLine, scrollRef, virtualizer]);

  const item = (document: DocumentView, index: number): ReactNode => {
    const Item = view === "grid" ? DocumentTile : DocumentRow;
    return (
      <div
        key={document.id}
        data-position={index}
        role={view === "grid" ? "listitem" : "presentation"}
        className="scroll-mt-16 scroll-mb-20"
      >
        <Item
          document={document}
          isSelected={selection.has(document.id)}
          isSelecting={selection.chosen.length > 0}
          onToggle={(target, isRange) => selection.toggle(target.id, isRange)}
          actions={actions}
        />
      </div>
    );
  };
  const lines = isVirtual ? virtualizer.getVirtualItems() : [];
  return (
    <div
      role={view === "grid" ? "list" : "table"}
      aria-label={label}
      aria-rowcount={view === "list" ? documents.length + 1 : undefined}
    >
      {view === "list" && (
        <div
          role="row"
          className={`${rowColumns} border-line text-ink-muted h-9 border-b px-2 text-sm font-medium max-md:sr-only`}
        >
          <span role="columnheader">
            <span className="sr-only">{t("columns.select")}</span>
          </span>
          <span role="columnheader">{t("columns.name")}</span>
          <span role="columnheader">{t("columns.owner")}</span>
          <span role="columnheader" className="text-right">
            {t("columns.size")}
          </span>
          <span role="columnheader" className="text-right">
            {t("columns.pages")}
          </span>
          <span role="columnheader" className="text-right">
            {t("columns.updated")}
          </span>
          <span role="columnheader">
            <span className="sr-only">{t("columns.actions")}</span>
          </span>
        </div>
      )}
      <div
        ref={box}
        role="presentation"
        className={isVirtual ? "relative" : view === "grid" ? tileGridClass : ""}
        style={isVirtual ? { height: virtualizer.getTotalSize() } : undefined}
      >
        {!isVirtual && documents.map(item)}
        {lines.map((line) => (
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
              .slice(line.index * perLine, (line.index + 1) * perLine)
              .map((document, offset) => item(document, line.index * perLine + offset))}
          </div>
        ))}
      </div>
    </div>
  );
}

/** How many tiles fit beside each other, and where the list begins on the page. */
function useMeasures(box: RefObject<HTMLElement | null>, view: ViewMode): { columns: number; top: number } {
  const [measures, setMeasures] = useState({ columns: 4, top: 0 });
  useLayoutEffect(() => {
    const element = box.current;
    if (!element) return;
    const measure = () => {
      const width = element.clientWidth;
      const columns = Math.max(2, Math.floor((width + gapPixels) / (tileMinPixels + gapPixels)));
      const top = Math.round(element.getBoundingClientRect().top + window.scrollY);
      setMeasures((known) => (known.columns === columns && known.top === top ? known : { columns, top }));
    };
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    return () => observer.disconnect();
  }, [box, view]);
  return measures;
}
