import { useLocale, useTranslations } from "next-intl";
import { tileGridClass } from "#components/documents/documents-skeleton.tsx";
import { KindIcon } from "#components/documents/kind-icon.tsx";
import { formatBytes } from "#lib/i18n/format.ts";
import type { SharedDocumentView } from "#lib/links/schema.ts";
import { documentPath, thumbnailAddress } from "./addresses.ts";

interface LinkTilesProps {
  token: string;
  documents: readonly SharedDocumentView[];
  /** The place in the list that they begin at. */
  after: string | null;
  label: string;
}

/** Documents as their first pages. */
export function LinkTiles({ token, documents, after, label }: LinkTilesProps) {
  const locale = useLocale();
  const t = useTranslations("document");
  return (
    <ul aria-label={label} className={tileGridClass}>
      {documents.map((document, index) => (
        <li
          key={document.id}
          className="border-line bg-surface hover:border-line-strong relative flex flex-col overflow-hidden rounded-md border transition-colors [contain-intrinsic-size:auto_15.5rem] [content-visibility:auto]"
        >
          <div className="bg-sunken grid h-44 grid-cols-[minmax(0,1fr)] grid-rows-[minmax(0,1fr)] place-items-center overflow-hidden px-5 py-4">
            {document.hasThumbnail ? (
              <img
                src={thumbnailAddress(token, document.id)}
                alt=""
                loading={index < 8 ? undefined : "lazy"}
                decoding="async"
                draggable={false}
                className="border-line shadow-float max-h-full max-w-full rounded-[3px] bg-white object-contain"
              />
            ) : (
              <span className="border-line bg-surface text-ink-faint grid aspect-[3/4] h-4/5 place-items-center rounded-sm border">
                <KindIcon contentType={document.contentType} className="size-8" />
              </span>
            )}
          </div>
          <div className="min-h-16 flex-1 px-3 py-2.5">
            <a
              href={documentPath(token, document.id, after)}
              title={document.name}
              className="line-clamp-2 font-medium break-words after:absolute after:inset-0 after:rounded-md focus-visible:outline-none focus-visible:after:outline-2 focus-visible:after:-outline-offset-2 focus-visible:after:outline-(--accent)"
            >
              {document.name}
            </a>
            <p className="text-ink-muted mt-1 text-xs">
              {document.pageCount !== null && document.contentType === "application/pdf" && (
                <>
                  {t("pages", { count: document.pageCount })}
                  <span aria-hidden> · </span>
                </>
              )}
              <span className="tabular-nums">{formatBytes(document.sizeBytes, locale)}</span>
            </p>
          </div>
        </li>
      ))}
    </ul>
  );
}
