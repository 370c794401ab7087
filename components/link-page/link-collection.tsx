import { FileText } from "lucide-react";
import { useLocale, useTranslations } from "next-intl";
import { Badge } from "#components/ui/badge.tsx";
import { buttonClass } from "#components/ui/button-class.ts";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { formatDate } from "#lib/i18n/format.ts";
import type { Page } from "#lib/http/schema.ts";
import type { OpenSharedView, SharedDocumentView } from "#lib/links/schema.ts";
import { linkPath } from "./addresses.ts";
import { LinkFrame } from "./link-frame.tsx";
import { LinkTiles } from "./link-tiles.tsx";
import { LocalTime } from "./local-time.tsx";

interface LinkCollectionProps {
  token: string;
  told: OpenSharedView;
  documents: Page<SharedDocumentView>;
  /** The place in the list, null at its start. */
  after: string | null;
}

/** A collection that a link opens: what it is called, whose it is, and its documents. */
export function LinkCollection({ token, told, documents, after }: LinkCollectionProps) {
  const t = useTranslations("link");
  const locale = useLocale();
  const { resource, ownerName, expiresAt, allowDownload } = told;
  return (
    <LinkFrame>
      <header className="mb-8">
        <h1 className="font-serif text-xl font-medium tracking-[-0.011em] text-balance break-words">
          {resource.name}
        </h1>
        {resource.description && (
          <p className="text-ink-muted mt-2 max-w-180 break-words whitespace-pre-wrap">
            {resource.description}
          </p>
        )}
        <p className="text-ink-muted mt-3 flex flex-wrap items-center gap-x-3 gap-y-1 text-sm break-words">
          <span>{t("sharedBy", { name: ownerName })}</span>
          {expiresAt && (
            <span>
              {t.rich("endsOn", {
                date: () => (
                  <LocalTime value={expiresAt}>
                    {`${formatDate(expiresAt, { locale, style: "dateTime" })} UTC`}
                  </LocalTime>
                ),
              })}
            </span>
          )}
          {!allowDownload && <Badge>{t("viewOnly")}</Badge>}
        </p>
      </header>
      {documents.items.length === 0 && !after ? (
        <EmptyState icon={<FileText />} title={t("emptyTitle")} text={t("emptyText")} />
      ) : (
        <LinkTiles token={token} documents={documents.items} after={after} label={t("documents")} />
      )}
      {(documents.nextCursor || after) && (
        <nav aria-label={t("documents")} className="mt-8 flex flex-wrap justify-center gap-2">
          {after && (
            <a href={linkPath(token)} className={buttonClass({ variant: "ghost" })}>
              {t("fromStart")}
            </a>
          )}
          {documents.nextCursor && (
            <a href={linkPath(token, documents.nextCursor)} className={buttonClass()}>
              {t("more")}
            </a>
          )}
        </nav>
      )}
    </LinkFrame>
  );
}
