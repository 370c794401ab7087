import { ArrowLeft, ChevronLeft, ChevronRight, Download } from "lucide-react";
import { useTranslations } from "next-intl";
import type { ReactNode } from "react";
import { Badge } from "#components/ui/badge.tsx";
import { buttonClass } from "#components/ui/button-class.ts";
import { SkipLink } from "#components/ui/skip-link.tsx";
import type { OpenSharedView, SharedDocumentView } from "#lib/links/schema.ts";
import { documentPath, fileAddress, linkPath, thumbnailAddress } from "./addresses.ts";
import { ViewerSlot } from "./viewer-slot.tsx";

export interface Neighbours {
  previous: SharedDocumentView | null;
  next: SharedDocumentView | null;
  /** Of the page of the list that they are on. */
  after: string | null;
}

interface LinkDocumentProps {
  token: string;
  told: OpenSharedView;
  document: SharedDocumentView;
  /** Where the link opens a whole collection. */
  neighbours: Neighbours | null;
  /** In place of a viewer: pictures of the pages, where the file itself is not given. */
  pages: ReactNode;
}

/** A document that a link opens: its name, what can be done, and the viewer, which gets all the room there is. */
export function LinkDocument({ token, told, document, neighbours, pages }: LinkDocumentProps) {
  const t = useTranslations("link");
  const failure = useTranslations("failure");
  const at = (to: SharedDocumentView | null | undefined) =>
    to ? documentPath(token, to.id, neighbours?.after) : null;
  const [previous, next] = [at(neighbours?.previous), at(neighbours?.next)];
  return (
    <>
      <SkipLink />
      <header className="h-topbar border-line bg-paper sticky top-0 z-30 flex shrink-0 items-center gap-2 border-b px-2.5 sm:px-4 print:hidden">
        {neighbours && (
          <a
            href={linkPath(token, neighbours.after)}
            title={told.resource.name}
            className={buttonClass({ variant: "ghost", size: "icon-md" })}
          >
            <ArrowLeft aria-hidden />
            <span className="sr-only">{t("back")}</span>
          </a>
        )}
        <div className="min-w-0 flex-1 px-1">
          <h1 className="truncate font-medium" title={document.name}>
            {document.name}
          </h1>
          <p className="text-ink-muted truncate text-xs">{t("sharedBy", { name: told.ownerName })}</p>
        </div>
        {neighbours && (
          <span className="flex shrink-0">
            <Neighbour path={previous} label={t("previous")} icon={<ChevronLeft aria-hidden />} />
            <Neighbour path={next} label={t("next")} icon={<ChevronRight aria-hidden />} />
          </span>
        )}
        {told.allowDownload ? (
          <a href={fileAddress(token, document.id)} download className={buttonClass()}>
            <Download aria-hidden />
            <span className="max-sm:sr-only">{t("download")}</span>
          </a>
        ) : (
          <span className="max-sm:hidden">
            <Badge>{t("viewOnly")}</Badge>
          </span>
        )}
      </header>
      <main
        id="content"
        tabIndex={-1}
        className={
          pages
            ? "bg-sunken min-h-[calc(100dvh-var(--spacing-topbar))] outline-none"
            : "h-[calc(100dvh-var(--spacing-topbar))] min-h-0 overflow-hidden outline-none"
        }
      >
        {pages ?? (
          <ViewerSlot
            token={token}
            document={{
              ...{ id: document.id, name: document.name, contentType: document.contentType },
              ...{ sizeBytes: document.sizeBytes, hasThumbnail: document.hasThumbnail },
            }}
            downloadLabel={t("download")}
            previous={previous}
            next={next}
            failed={t("failed")}
            retry={failure("retry")}
          >
            <FirstLook token={token} document={document} />
          </ViewerSlot>
        )}
      </main>
    </>
  );
}

function Neighbour({ path, label, icon }: { path: string | null; label: string; icon: ReactNode }) {
  const className = buttonClass({ variant: "ghost", size: "icon-md" });
  return path === null ? (
    <span aria-hidden className={`${className} opacity-40 max-sm:hidden`}>
      {icon}
    </span>
  ) : (
    <a href={path} className={className}>
      {icon}
      <span className="sr-only">{label}</span>
    </a>
  );
}

/** Before the viewer is there, and without scripts: the first page, as far as its thumbnail shows it. */
function FirstLook({ token, document }: { token: string; document: SharedDocumentView }) {
  const t = useTranslations("link");
  const isShown = /^image\/(png|jpeg|webp|gif|avif)$/.test(document.contentType);
  return (
    <div className="bg-sunken flex h-full flex-col items-center gap-4 overflow-auto p-4 pt-14">
      {(isShown || document.hasThumbnail) && (
        <img
          src={
            isShown ? fileAddress(token, document.id, { inline: true }) : thumbnailAddress(token, document.id)
          }
          alt={document.name}
          className="shadow-float max-h-full w-full max-w-180 bg-white object-contain"
        />
      )}
      <noscript>
        {!isShown && <p className="text-ink-muted max-w-120 text-center">{t("noScripts")}</p>}
      </noscript>
    </div>
  );
}
