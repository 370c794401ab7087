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

/**
 * The columns of a row and of the heading above, by the width of the list and not of the window: each comes in when the
 * name keeps 14 rem beside it, and the narrowest list keeps the name and what can be done.
 */
export const rowColumns =
  "grid grid-cols-[1.5rem_minmax(0,1fr)_2rem] items-center gap-x-3 @[35rem]:grid-cols-[1.5rem_minmax(0,1fr)_5rem_7.5rem_2rem] " +
  "@[44rem]:grid-cols-[1.5rem_minmax(0,1fr)_8rem_5rem_7.5rem_2rem] @[50rem]:grid-cols-[1.5rem_minmax(0,1fr)_8rem_5rem_4rem_7.5rem_2rem]";
/** From which width on a column is there. */
export const columnClass = {
  owner: "@max-[44rem]:hidden",
  size: "@max-[35rem]:hidden",
  pages: "@max-[50rem]:hidden",
  updated: "@max-[35rem]:hidden",
};

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
              <span className="@max-[35rem]:hidden">
                <DocumentState document={document} />
              </span>
            )}
          </span>
          {document.status === "uploaded" ? (
            <DocumentState document={document} />
          ) : (
            <span className="text-ink-muted flex items-center gap-1.5 text-xs @[35rem]:hidden">
              <FileSize bytes={document.sizeBytes} />
              <span aria-hidden>·</span>
              <RelativeTime value={document.updatedAt} className="truncate" />
              <DocumentState document={document} />
            </span>
          )}
        </span>
      </span>
      <span role="cell" className={`${columnClass.owner} text-ink-muted truncate text-sm`}>
        {document.owner.name}
      </span>
      <span role="cell" className={`${columnClass.size} text-ink-muted text-right text-sm`}>
        <FileSize bytes={document.sizeBytes} />
      </span>
      <span role="cell" className={`${columnClass.pages} text-ink-muted text-right text-sm tabular-nums`}>
        {document.pageCount ?? "–"}
      </span>
      <span role="cell" className={`${columnClass.updated} text-ink-muted truncate text-right text-sm`}>
        <RelativeTime value={document.updatedAt} />
      </span>
      <span role="cell" className="relative z-10">
        <DocumentMenu document={document} actions={actions} />
      </span>
    </div>
  );
}
