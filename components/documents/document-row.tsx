"use client";
import { useTranslations } from "next-intl";
import Link from "next/link";
import { Checkbox } from "#components/ui/checkbox.tsx";
import { FileSize } from "#components/ui/file-size.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { DocumentMenu } from "./document-menu.tsx";
import { DocumentState } from "./document-state.tsx";
import { type DocumentItemProps, selectOnShift } from "./document-tile.tsx";
import { Thumbnail } from "./thumbnail.tsx";

/** The columns of a row and of the heading above; narrow windows keep the name and what can be done. */
export const rowColumns =
  "grid grid-cols-[1.5rem_minmax(0,1fr)_2rem] items-center gap-x-3 md:grid-cols-[1.5rem_minmax(0,1fr)_8rem_5rem_4rem_7.5rem_2rem]";

/** A document in one dense line. */
export function DocumentRow({ document, isSelected, onToggle, actions }: DocumentItemProps) {
  const t = useTranslations("document");
  return (
    <div
      role="row"
      data-selected={isSelected || undefined}
      className={`${rowColumns} border-line hover:bg-hover/50 data-selected:bg-accent-soft relative min-h-13 border-b px-2 py-1.5 transition-colors`}
    >
      <span role="cell" className="relative z-10 grid place-items-center">
        <Checkbox
          checked={isSelected}
          aria-label={t("select", { name: document.name })}
          tabIndex={-1}
          onClick={(event) => onToggle(document, event.shiftKey)}
        />
      </span>
      <span role="cell" className="flex min-w-0 items-center gap-3">
        <Thumbnail document={document} size="sm" />
        <span className="min-w-0 flex-1">
          <span className="flex min-w-0 items-center gap-2">
            <Link
              href={`/documents/${document.id}`}
              data-item
              title={document.name}
              onClick={selectOnShift({ document, onToggle })}
              className="truncate font-medium after:absolute after:inset-0 focus-visible:outline-none focus-visible:after:outline-2 focus-visible:after:-outline-offset-2 focus-visible:after:outline-(--accent)"
            >
              {document.name}
            </Link>
            {document.status !== "uploaded" && (
              <span className="max-md:hidden">
                <DocumentState document={document} />
              </span>
            )}
          </span>
          {document.status === "uploaded" ? (
            <DocumentState document={document} />
          ) : (
            <span className="text-ink-muted flex items-center gap-1.5 text-xs md:hidden">
              <FileSize bytes={document.sizeBytes} />
              <span aria-hidden>·</span>
              <RelativeTime value={document.updatedAt} className="truncate" />
              <DocumentState document={document} />
            </span>
          )}
        </span>
      </span>
      <span role="cell" className="text-ink-muted truncate text-sm max-md:hidden">
        {document.owner.name}
      </span>
      <span role="cell" className="text-ink-muted text-right text-sm max-md:hidden">
        <FileSize bytes={document.sizeBytes} />
      </span>
      <span role="cell" className="text-ink-muted text-right text-sm tabular-nums max-md:hidden">
        {document.pageCount ?? "–"}
      </span>
      <span role="cell" className="text-ink-muted truncate text-right text-sm max-md:hidden">
        <RelativeTime value={document.updatedAt} />
      </span>
      <span role="cell" className="relative z-10">
        <DocumentMenu document={document} actions={actions} />
      </span>
    </div>
  );
}
