"use client";
import { useTranslations } from "next-intl";
import { type ReactNode, useEffect, useEffectEvent, useMemo, useRef, useState } from "react";
import { LazyShareDialog } from "#components/sharing/lazy-share-dialog.tsx";
import { Sheet } from "#components/ui/sheet.tsx";
import type { DocumentView } from "#lib/documents/schema.ts";
import { DetailsPanel } from "./details-panel.tsx";
import { DocumentItems } from "./document-items.tsx";
import type { ViewMode } from "./view-mode.ts";
import { RenameDialog } from "./rename-dialog.tsx";
import { SelectionBar } from "./selection-bar.tsx";
import { useItemKeys } from "./use-item-keys.ts";
import { useSelection } from "./use-selection.ts";
import { useTrash } from "./use-trash.ts";

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
  const t = useTranslations("document");
  const root = useRef<HTMLDivElement>(null);
  const [renamed, setRenamed] = useState<DocumentView | null>(null);
  const [detailed, setDetailed] = useState<DocumentView | null>(null);
  const [shared, setShared] = useState<DocumentView | null>(null);
  const selection = useSelection(documents);
  const trash = useTrash();
  const [columns, setColumns] = useState(1);
  const { scrollRef } = useItemKeys({
    root,
    items: documents,
    columns: view === "grid" ? columns : 1,
    selection,
    onDetails: setDetailed,
    onRename: (document) => document.abilities.canEdit && setRenamed(document),
    onTrash: (chosen) => {
      const deletable = chosen.filter(({ abilities }) => abilities.canDelete);
      if (deletable.length > 0) trash(deletable);
    },
  });
  const actions = useMemo(
    () => ({ onRename: setRenamed, onTrash: trash, onShare: setShared, onDetails: setDetailed }),
    // `trash` only closes over stable mutation functions and messages
    // eslint-disable-next-line react-hooks/exhaustive-deps
    [],
  );
  return (
    <div ref={root}>
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
      <SelectionBar documents={selection.chosen} onTrash={trash} onClear={selection.clear} />
      <Sheet
        isOpen={detailed !== null}
        onOpenChange={(isOpen) => !isOpen && setDetailed(null)}
        title={t("details")}
      >
        {detailed && (
          <DetailsPanel document={documents.find(({ id }) => id === detailed.id) ?? detailed} hasPicture />
        )}
      </Sheet>
      {shared && (
        <LazyShareDialog
          of={{ document: documents.find(({ id }) => id === shared.id) ?? shared }}
          isOpen
          onOpenChange={(isOpen) => !isOpen && setShared(null)}
        />
      )}
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
