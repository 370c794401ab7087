import { FileX } from "lucide-react";
import { useTranslations } from "next-intl";
import { buttonClass } from "#components/ui/button-class.ts";
import { EmptyState } from "#components/ui/empty-state.tsx";
import type { SharedDocumentView } from "#lib/links/schema.ts";
import { documentPath, linkPath, pageAddress } from "./addresses.ts";

/** More pages than this at once are parts: a browser keeps what it has shown. */
export const PAGES_AT_ONCE = 50;

interface PagePicturesProps {
  token: string;
  document: SharedDocumentView;
  /** Null where the document can't be shown in pictures. */
  pageCount: number | null;
  /** The first page to be shown, from 1. */
  from: number;
  /** The place in the list of documents; undefined where the link opens this one alone. */
  after: string | null | undefined;
}

/**
 * The pages of a document as pictures from the server: all that a link for looking alone gives. They need no scripts, come
 * as they are scrolled to, and leave a printer nothing.
 */
export function PagePictures({ token, document, pageCount, from, after }: PagePicturesProps) {
  const t = useTranslations("link");
  if (pageCount === null)
    return <EmptyState icon={<FileX />} title={t("pages.noneTitle")} text={t("pages.noneText")} />;
  const last = Math.min(pageCount, from + PAGES_AT_ONCE - 1);
  const pages = Array.from({ length: Math.max(0, last - from + 1) }, (_, index) => from + index);
  const at = (page: number) => {
    const path = after === undefined ? linkPath(token) : documentPath(token, document.id, after);
    return `${path}${path.includes("?") ? "&" : "?"}page=${page}`;
  };
  return (
    <>
      <p className="hidden p-8 text-center print:block">{t("pages.notPrinted")}</p>
      <div className="mx-auto flex w-full max-w-220 flex-col gap-3 px-2 py-3 select-none sm:gap-5 sm:px-6 sm:py-6 print:hidden">
        {from > 1 && <Part href={at(Math.max(1, from - PAGES_AT_ONCE))} label={t("pages.before")} />}
        {pages.map((page) => (
          <img
            key={page}
            id={`page-${page}`}
            src={pageAddress(token, document.id, page)}
            alt={t("pages.label", { page, count: pageCount })}
            loading={page < from + 2 ? "eager" : "lazy"}
            decoding="async"
            draggable={false}
            // the room of a sheet until it is there, so that those below are not asked for at once
            className="shadow-float aspect-[auto_210/297] h-auto w-full bg-white [overflow-anchor:none]"
          />
        ))}
        {last < pageCount && <Part href={at(last + 1)} label={t("pages.further")} />}
      </div>
    </>
  );
}

function Part({ href, label }: { href: string; label: string }) {
  return (
    <p className="text-center">
      <a href={href} className={buttonClass()}>
        {label}
      </a>
    </p>
  );
}
