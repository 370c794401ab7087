"use client";
import { useLocale, useTimeZone, useTranslations } from "next-intl";
import type { ReactNode } from "react";
import { Avatar } from "#components/ui/avatar.tsx";
import { FileSize } from "#components/ui/file-size.tsx";
import type { DocumentView } from "#lib/documents/schema.ts";
import { formatDate } from "#lib/i18n/format.ts";
import { DocumentState, failureOf } from "./document-state.tsx";
import { pictureFrameClass, Thumbnail } from "./thumbnail.tsx";

interface DetailsPanelProps {
  document: DocumentView;
  /** Its first page on top, where it is not on the screen already. */
  hasPicture?: boolean;
  children?: ReactNode;
}

const known = ["pdf", "png", "jpeg", "webp", "gif", "tiff", "avif", "plain", "markdown", "csv"] as const;
const isKnown = (type: string): type is (typeof known)[number] => known.some((name) => name === type);

/** What is known about a document. */
export function DetailsPanel({ document, hasPicture = false, children }: DetailsPanelProps) {
  const t = useTranslations("document");
  const locale = useLocale();
  const timeZone = useTimeZone();
  const subtype = document.contentType.split("/")[1] ?? "";
  const date = (value: string) => formatDate(value, { locale, timeZone, style: "dateTime" });
  const failure = failureOf(document);
  const note = failure ? t(`problems.${failure}.text`) : document.problem ? t("partly.text") : null;
  return (
    <div className="flex flex-col gap-5 p-5">
      {hasPicture && (
        <div className={`${pictureFrameClass} bg-sunken h-56 rounded-md p-5`}>
          <Thumbnail document={document} />
        </div>
      )}
      <h2 className="text-md font-semibold break-words">{document.name}</h2>
      {(document.status === "uploaded" || note) && (
        <div className="flex flex-col items-start gap-2">
          <DocumentState document={document} />
          {note && <p className="text-ink-muted text-sm">{note}</p>}
        </div>
      )}
      <dl className="grid grid-cols-[auto_minmax(0,1fr)] gap-x-5 gap-y-2.5 text-sm">
        <Fact label={t("facts.type")}>{isKnown(subtype) ? t(`types.${subtype}`) : document.contentType}</Fact>
        <Fact label={t("facts.size")}>
          <FileSize bytes={document.sizeBytes} />
        </Fact>
        {document.pageCount !== null && document.contentType === "application/pdf" && (
          <Fact label={t("facts.pages")}>{document.pageCount}</Fact>
        )}
        <Fact label={t("facts.owner")}>
          <span className="flex min-w-0 items-center gap-2">
            <Avatar id={document.owner.id} name={document.owner.name} size="sm" />
            <span className="truncate">{document.owner.name}</span>
          </span>
        </Fact>
        <Fact label={t("facts.created")}>
          <time dateTime={document.createdAt}>{date(document.createdAt)}</time>
        </Fact>
        <Fact label={t("facts.updated")}>
          <time dateTime={document.updatedAt}>{date(document.updatedAt)}</time>
        </Fact>
      </dl>
      {children}
    </div>
  );
}

function Fact({ label, children }: { label: string; children: ReactNode }) {
  return (
    <>
      <dt className="text-ink-muted">{label}</dt>
      <dd className="min-w-0 break-words">{children}</dd>
    </>
  );
}
