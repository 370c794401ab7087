"use client";
import { useTranslations } from "next-intl";
import Link from "next/link";
import type { RefObject } from "react";
import { DocumentState } from "#components/documents/document-state.tsx";
import { tileGridClass } from "#components/documents/documents-skeleton.tsx";
import { Thumbnail } from "#components/documents/thumbnail.tsx";
import type { ViewMode } from "#components/documents/view-mode.ts";
import { FileSize } from "#components/ui/file-size.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import type { DocumentView } from "#lib/documents/schema.ts";

interface PublicDocumentsProps {
  documents: DocumentView[];
  view: ViewMode;
  label: string;
  list: RefObject<HTMLUListElement | null>;
}

const linkClass =
  "font-medium break-words after:absolute after:inset-0 after:rounded-md focus-visible:outline-none focus-visible:after:outline-2 focus-visible:after:-outline-offset-2 focus-visible:after:outline-(--accent)";
/** Those out of view cost no layout, however many there are. */
const farClass = "[content-visibility:auto]";

/** Documents to be read: as tiles or rows, without anything that would take an account. */
export function PublicDocuments({ documents, view, label, list }: PublicDocumentsProps) {
  const Item = view === "grid" ? Tile : Row;
  return (
    <ul
      ref={list}
      aria-label={label}
      className={view === "grid" ? tileGridClass : "border-line @container border-t"}
    >
      {documents.map((document) => (
        <Item key={document.id} document={document} />
      ))}
    </ul>
  );
}

function Name({ document, className }: { document: DocumentView; className: string }) {
  return (
    <Link
      href={`/documents/${document.id}`}
      prefetch={false}
      title={document.name}
      className={`${className} ${linkClass}`}
    >
      {document.name}
    </Link>
  );
}

function Tile({ document }: { document: DocumentView }) {
  return (
    <li
      className={`border-line bg-surface hover:border-line-strong relative flex flex-col overflow-hidden rounded-md border transition-colors [contain-intrinsic-size:auto_15.5rem] ${farClass}`}
    >
      <div className="bg-sunken flex h-44 items-center justify-center overflow-hidden px-5 py-4">
        <Thumbnail document={document} />
      </div>
      <div className="min-h-16 flex-1 px-3 py-2.5">
        <Name document={document} className="line-clamp-2" />
        <div className="text-ink-muted mt-1 text-xs">
          <Facts document={document} />
        </div>
      </div>
    </li>
  );
}

function Row({ document }: { document: DocumentView }) {
  return (
    <li
      className={`border-line hover:bg-hover/50 relative flex min-h-13 items-center gap-3 border-b px-2 py-1.5 transition-colors [contain-intrinsic-size:auto_3.25rem] ${farClass}`}
    >
      <Thumbnail document={document} size="sm" />
      <span className="min-w-0 flex-1">
        <Name document={document} className="block truncate" />
        <span className="text-ink-muted block text-xs @xl:hidden">
          <Facts document={document} />
        </span>
      </span>
      <span className="text-ink-muted w-44 shrink-0 text-right text-sm @max-xl:hidden">
        <Facts document={document} />
      </span>
      <span className="text-ink-muted w-32 shrink-0 truncate text-right text-sm @max-3xl:hidden">
        <RelativeTime value={document.updatedAt} />
      </span>
    </li>
  );
}

/** How long it is, or what is the matter with it. */
function Facts({ document }: { document: DocumentView }) {
  const t = useTranslations("document");
  if (document.status !== "ready") return <DocumentState document={document} />;
  const isPaged = document.pageCount !== null && document.contentType === "application/pdf";
  return (
    <>
      {isPaged && (
        <>
          {t("pages", { count: document.pageCount! })}
          <span aria-hidden> · </span>
        </>
      )}
      <FileSize bytes={document.sizeBytes} />
    </>
  );
}
