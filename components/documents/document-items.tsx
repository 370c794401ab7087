"use client";
import { useTranslations } from "next-intl";
import { type ReactNode, type RefObject, useEffect, useLayoutEffect, useRef, useState } from "react";
import { lazyPart } from "#components/lazy-part.tsx";
import type { DocumentView } from "#lib/documents/schema.ts";
import type { DocumentActions } from "./document-menu.tsx";
import { beginDrag, endDrag } from "./dragging.ts";
import { useMove } from "./use-move.ts";
import { columnClass, DocumentRow, rowColumns } from "./document-row.tsx";
import { DocumentTile } from "./document-tile.tsx";
import { tileGridClass } from "./documents-skeleton.tsx";
import type { Selection } from "./use-selection.ts";
import type { ViewMode } from "./view-mode.ts";

/** Fewer are simply drawn: the browser's own find and scrolling work best on real content. */
const virtualFrom = 200;
const gapPixels = 16;
const tileMinPixels = 168;

const VirtualLines = lazyPart(() => import("./virtual-lines.tsx").then((module) => module.VirtualLines));

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

  const move = useMove();
  /** All that are selected where it is one of them. */
  function drag(event: DragEvent, document: DocumentView) {
    const some = selection.has(document.id) ? selection.chosen : [document];
    const movable = some.filter(({ abilities }) => abilities.canMove);
    const [first] = movable;
    if (!first) return;
    beginDrag(event, t("move.dragged", { count: movable.length, name: first.name }), {
      documents: movable,
      moveTo: (target) => void move(movable, target),
    });
  }
  const item = (document: DocumentView, index: number): ReactNode => {
    const Item = view === "grid" ? DocumentTile : DocumentRow;
    return (
      <div
        key={document.id}
        data-position={index}
        role={view === "grid" ? "listitem" : "presentation"}
        className="scroll-mt-16 scroll-mb-20"
        draggable={document.abilities.canMove}
        onDragStart={(event) => drag(event.nativeEvent, document)}
        onDragEnd={endDrag}
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
  return (
    <div
      role={view === "grid" ? "list" : "table"}
      aria-label={label}
      aria-rowcount={view === "list" ? documents.length + 1 : undefined}
      className="@container"
    >
      {view === "list" && (
        <div
          role="row"
          className={`${rowColumns} border-line text-ink-muted h-9 border-b px-2 text-sm font-medium @max-[35rem]:sr-only`}
        >
          <span role="columnheader">
            <span className="sr-only">{t("columns.select")}</span>
          </span>
          <span role="columnheader">{t("columns.name")}</span>
          <span role="columnheader" className={columnClass.owner}>
            {t("columns.owner")}
          </span>
          <span role="columnheader" className={`${columnClass.size} text-right`}>
            {t("columns.size")}
          </span>
          <span role="columnheader" className={`${columnClass.pages} text-right`}>
            {t("columns.pages")}
          </span>
          <span role="columnheader" className={`${columnClass.updated} text-right`}>
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
        className={!isVirtual && view === "grid" ? tileGridClass : undefined}
      >
        {isVirtual ? (
          <VirtualLines
            documents={documents}
            view={view}
            columns={perLine}
            top={top}
            gapPixels={gapPixels}
            scrollRef={scrollRef}
            item={item}
          />
        ) : (
          documents.map(item)
        )}
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
