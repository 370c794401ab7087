"use client";
import { type ReactNode, useEffect, useEffectEvent, useMemo, useRef, useState } from "react";
import { lazyPart } from "#components/lazy-part.tsx";
import { LazyShareDialog } from "#components/sharing/lazy-share-dialog.tsx";
import type { DocumentView } from "#lib/documents/schema.ts";
import { DocumentItems } from "./document-items.tsx";
import type { ViewMode } from "./view-mode.ts";
import { MoveDialog } from "./lazy-move-dialog.tsx";
import { RenameDialog } from "./lazy-rename-dialog.tsx";
import { SelectionBar } from "./selection-bar.tsx";
import { useItemKeys } from "./use-item-keys.ts";
import { useSelection } from "./use-selection.ts";
import { useTrash } from "./use-trash.ts";

const BrowserDetails = lazyPart(() =>
  import("./browser-details.tsx").then((module) => module.BrowserDetails),
);

interface DocumentBrowserProps {
  documents: DocumentView[];
  view: ViewMode;
  label: string;
  hasMore: boolean;
  isLoadingMore: boolean;
  onMore: () => void;
  /** Under the list, such as an error of the next page. */
  footer?: ReactNode;
}

/** Documents as tiles or rows: keyboard, selection, what can be done with one or several, and details beside. */
export function DocumentBrowser({
  documents,
  view,
  label,
  hasMore,
  isLoadingMore,
  onMore,
  footer,
}: DocumentBrowserProps) {
  const root = useRef<HTMLDivElement>(null);
  const [renamed, setRenamed] = useState<DocumentView | null>(null);
  const [detailedId, setDetailedId] = useState<string | null>(null);
  // kept from the first time on: it closes with a movement
  const [hasDetails, setHasDetails] = useState(false);
  if (detailedId !== null && !hasDetails) setHasDetails(true);
  const [shared, setShared] = useState<DocumentView | null>(null);
  const [moving, setMoving] = useState<DocumentView[]>([]);
  const selection = useSelection(documents);
  const trash = useTrash();
  const [columns, setColumns] = useState(1);
  const { scrollRef } = useItemKeys({
    root,
    items: documents,
    columns: view === "grid" ? columns : 1,
    selection,
    onDetails: ({ id }) => (id === detailedId ? closeDetails() : setDetailedId(id)),
    onRename: (document) => document.abilities.canEdit && setRenamed(document),
    onMove: (chosen) => setMoving(chosen.filter(({ abilities }) => abilities.canMove)),
    onTrash: (chosen) => {
      const deletable = chosen.filter(({ abilities }) => abilities.canDelete);
      if (deletable.length > 0) void trash(deletable);
    },
    onEscape: () => (selection.chosen.length > 0 ? selection.clear() : closeDetails()),
  });
  /** A docked panel that goes takes no focus with it: that returns to the document it was about. */
  function closeDetails() {
    const { activeElement } = document;
    const isAmongItems = activeElement?.closest("[data-position]") && root.current?.contains(activeElement);
    const index = documents.findIndex(({ id }) => id === detailedId);
    if (index >= 0 && !isAmongItems && root.current?.contains(activeElement))
      root.current.querySelector<HTMLElement>(`[data-position="${index}"] [data-item]`)?.focus();
    setDetailedId(null);
  }
  const actions = useMemo(
    () => ({
      onRename: setRenamed,
      onTrash: (chosen: DocumentView[]) => void trash(chosen),
      onMove: setMoving,
      onShare: setShared,
      onDetails: ({ id }: DocumentView) => setDetailedId(id),
    }),
    // `trash` only closes over stable mutation functions and messages
    // eslint-disable-next-line react-hooks/exhaustive-deps
    [],
  );
  return (
    <div ref={root} className="flex items-start gap-6">
      <div className="min-w-0 flex-1">
        <DocumentItems
          documents={documents}
          view={view}
          label={label}
          selection={selection}
          actions={actions}
          scrollRef={scrollRef}
          onColumns={setColumns}
        />
        <EndOfList isActive={hasMore && !isLoadingMore} onReached={onMore} />
        {footer}
      </div>
      {hasDetails && (
        <BrowserDetails document={documents.find(({ id }) => id === detailedId)} onClose={closeDetails} />
      )}
      <SelectionBar
        documents={selection.chosen}
        onMove={setMoving}
        onTrash={actions.onTrash}
        onClear={selection.clear}
      />
      {shared && (
        <LazyShareDialog
          of={{ document: documents.find(({ id }) => id === shared.id) ?? shared }}
          isOpen
          onOpenChange={(isOpen) => !isOpen && setShared(null)}
        />
      )}
      {moving.length > 0 && <MoveDialog documents={moving} onClose={() => setMoving([])} />}
      {renamed && <RenameDialog document={renamed} onClose={() => setRenamed(null)} />}
    </div>
  );
}

/** Asks for the next page shortly before the end comes into view. */
function EndOfList({ isActive, onReached }: { isActive: boolean; onReached: () => void }) {
  const mark = useRef<HTMLDivElement>(null);
  const reached = useEffectEvent(onReached);
  useEffect(() => {
    if (!isActive || !mark.current) return;
    const observer = new IntersectionObserver(([entry]) => entry?.isIntersecting && reached(), {
      rootMargin: "800px 0px",
    });
    observer.observe(mark.current);
    return () => observer.disconnect();
  }, [isActive]);
  return <div ref={mark} aria-hidden className="h-px" />;
}
