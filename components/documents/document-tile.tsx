"use client";
import { useTranslations } from "next-intl";
import Link from "next/link";
import type { MouseEvent } from "react";
import { Checkbox } from "#components/ui/checkbox.tsx";
import { cn } from "#components/ui/cn.ts";
import { FileSize } from "#components/ui/file-size.tsx";
import type { DocumentView } from "#lib/documents/schema.ts";
import { type DocumentActions, DocumentMenu } from "./document-menu.tsx";
import { DocumentState } from "./document-state.tsx";
import { pictureFrameClass, Thumbnail } from "./thumbnail.tsx";

export interface DocumentItemProps {
  document: DocumentView;
  isSelected: boolean;
  /** Whether anything is selected: then the boxes stay visible. */
  isSelecting: boolean;
  onToggle: (document: DocumentView, isRange: boolean) => void;
  actions: DocumentActions;
}

/** A press with Shift selects instead of opening. */
export const selectOnShift =
  ({ document, onToggle }: Pick<DocumentItemProps, "document" | "onToggle">) =>
  (event: MouseEvent) => {
    if (!event.shiftKey) return;
    event.preventDefault();
    onToggle(document, true);
  };

/** A document as its first page. */
export function DocumentTile({ document, isSelected, isSelecting, onToggle, actions }: DocumentItemProps) {
  const t = useTranslations("document");
  return (
    <div
      data-selected={isSelected || undefined}
      className="group/item border-line bg-surface hover:border-line-strong data-selected:border-accent data-selected:bg-accent-soft focus-within:border-line-strong relative flex h-full flex-col overflow-hidden rounded-md border transition-colors"
    >
      <div
        className={`${pictureFrameClass} bg-sunken group-data-selected/item:bg-accent-soft relative h-44 px-5 py-4`}
      >
        <Thumbnail document={document} />
        <span
          className={cn(
            "absolute top-2 left-2 z-10 grid size-7 place-items-center rounded-md transition-opacity",
            !isSelecting &&
              "opacity-0 group-focus-within/item:opacity-100 group-hover/item:opacity-100 pointer-coarse:opacity-100",
          )}
        >
          <Checkbox
            checked={isSelected}
            aria-label={t("select", { name: document.name })}
            tabIndex={-1}
            onClick={(event) => onToggle(document, event.shiftKey)}
          />
        </span>
        <DocumentMenu
          document={document}
          actions={actions}
          className="bg-surface/90! absolute! top-2 right-2 z-10 opacity-0 group-focus-within/item:opacity-100 group-hover/item:opacity-100 aria-expanded:opacity-100 pointer-coarse:min-h-8! pointer-coarse:min-w-8! pointer-coarse:opacity-100"
        />
      </div>
      <div className="min-h-16 flex-1 px-3 py-2.5">
        <Link
          href={`/documents/${document.id}`}
          data-item
          title={document.name}
          onClick={selectOnShift({ document, onToggle })}
          className="line-clamp-2 font-medium break-words after:absolute after:inset-0 after:rounded-md focus-visible:outline-none focus-visible:after:outline-2 focus-visible:after:-outline-offset-2 focus-visible:after:outline-(--accent)"
        >
          {document.name}
        </Link>
        <div className="text-ink-muted mt-1 text-xs">
          {document.status === "ready" ? (
            <span className="flex flex-wrap gap-x-1.5">
              {document.pageCount !== null && document.contentType === "application/pdf" && (
                <>
                  <span>{t("pages", { count: document.pageCount })}</span>
                  <span aria-hidden>·</span>
                </>
              )}
              <FileSize bytes={document.sizeBytes} />
            </span>
          ) : (
            <DocumentState document={document} />
          )}
        </div>
      </div>
    </div>
  );
}
