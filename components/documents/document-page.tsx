"use client";
import { useQuery } from "@tanstack/react-query";
import { ChevronLeft, ChevronRight, FileLock, PanelRight, Share2 } from "lucide-react";
import { useTranslations } from "next-intl";
import Link from "next/link";
import { useRouter } from "next/navigation";
import { useState, useSyncExternalStore } from "react";
import { isRefusal } from "#components/api.ts";
import { setCookie } from "#components/cookies.ts";
import { LazyShareDialog, preloadShareDialog } from "#components/sharing/lazy-share-dialog.tsx";
import { Page } from "#components/shell/page.tsx";
import { Breadcrumb } from "#components/ui/breadcrumb.tsx";
import { Button } from "#components/ui/button.tsx";
import { buttonClass } from "#components/ui/button-class.ts";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { ErrorState } from "#components/ui/error-state.tsx";
import { IconButton } from "#components/ui/icon-button.tsx";
import { Sheet } from "#components/ui/sheet.tsx";
import { useErrorText } from "#components/use-error-text.ts";
import { useHotkeys } from "#components/use-hotkeys.ts";
import type { DocumentDetailView } from "#lib/documents/schema.ts";
import { DetailsPanel } from "./details-panel.tsx";
import { detailsCookie } from "./view-mode.ts";
import { DocumentMenu } from "./document-menu.tsx";
import { DownloadLink } from "./download-link.tsx";
import { documentQuery } from "./queries.ts";
import { RenameDialog } from "./rename-dialog.tsx";
import { useNeighbours } from "./use-neighbours.ts";
import { useTrash } from "./use-trash.ts";
import { Viewer } from "./viewer/viewer.tsx";
import { ViewerLoading } from "./viewer/viewer-loading.tsx";

interface DocumentPageProps {
  id: string;
  areDetailsOpen: boolean;
}

/** One document: the viewer fills the page, details stand beside it. */
export function DocumentPage({ id, areDetailsOpen }: DocumentPageProps) {
  const shell = useTranslations("shell");
  const query = useQuery(documentQuery(id));
  // what was read before does not stay open once it is refused
  const document = isRefusal(query.error) ? undefined : query.data;
  if (document) return <OpenDocument document={document} areDetailsOpen={areDetailsOpen} />;
  return (
    <Page
      layout="full"
      breadcrumb={<Breadcrumb crumbs={[{ label: shell("home"), href: "/" }, { label: "…" }]} />}
    >
      {query.isPending ? (
        <ViewerLoading />
      ) : (
        <Refused error={query.error} onRetry={() => void query.refetch()} />
      )}
    </Page>
  );
}

function OpenDocument({
  document,
  areDetailsOpen,
}: {
  document: DocumentDetailView;
  areDetailsOpen: boolean;
}) {
  const t = useTranslations("document");
  const router = useRouter();
  const isWide = useIsWide();
  const [isPanelOpen, setPanelOpen] = useState(areDetailsOpen);
  const [isSheetOpen, setSheetOpen] = useState(false);
  const [isRenaming, setRenaming] = useState(false);
  const [isSharing, setSharing] = useState(false);
  const trash = useTrash();
  const { previous, next } = useNeighbours(document);
  const go = (to: { id: string } | null) => to && router.push(`/documents/${to.id}`);
  const toggleDetails = () => {
    if (!isWide) return setSheetOpen(!isSheetOpen);
    setCookie(detailsCookie, isPanelOpen ? "closed" : "open");
    setPanelOpen(!isPanelOpen);
  };
  useHotkeys({
    j: () => go(next),
    k: () => go(previous),
    s: (event) => {
      // the letter would land in the field that the dialog focuses
      event.preventDefault();
      setSharing(true);
    },
    ".": toggleDetails,
    F2: () => document.abilities.canEdit && setRenaming(true),
  });
  const details = <DetailsPanel document={document}>{<CollectionFact document={document} />}</DetailsPanel>;
  return (
    <Page
      layout="full"
      breadcrumb={
        <Breadcrumb
          crumbs={[
            { label: document.collection.name, href: `/collections/${document.collection.id}` },
            { label: document.name },
          ]}
        />
      }
      actions={
        <>
          <span className="flex max-sm:hidden">
            <IconButton
              label={t("page.previous")}
              icon={<ChevronLeft />}
              disabled={!previous}
              onClick={() => go(previous)}
            />
            <IconButton
              label={t("page.next")}
              icon={<ChevronRight />}
              disabled={!next}
              onClick={() => go(next)}
            />
          </span>
          <IconButton
            label={isWide && isPanelOpen ? t("page.hideDetails") : t("page.showDetails")}
            icon={<PanelRight />}
            aria-expanded={isWide ? isPanelOpen : isSheetOpen}
            onClick={toggleDetails}
          />
          <DocumentMenu
            document={document}
            actions={{
              onRename: () => setRenaming(true),
              onTrash: (documents) => {
                router.push(`/collections/${document.collection.id}`);
                trash(documents);
              },
            }}
          />
          <DownloadLink documentId={document.id} isShort />
          <Button
            variant="primary"
            onClick={() => setSharing(true)}
            onPointerEnter={preloadShareDialog}
            onFocus={preloadShareDialog}
          >
            <Share2 aria-hidden />
            <span className="max-sm:sr-only">{t("share")}</span>
          </Button>
        </>
      }
    >
      <h1 className="sr-only">{document.name}</h1>
      <div className="flex h-full min-h-0">
        <div className="min-w-0 flex-1">
          <Viewer document={document} />
        </div>
        {isPanelOpen && (
          <aside
            aria-label={t("details")}
            className="border-line bg-paper w-80 shrink-0 overflow-y-auto border-l max-lg:hidden"
          >
            {details}
          </aside>
        )}
      </div>
      <Sheet isOpen={isSheetOpen && !isWide} onOpenChange={setSheetOpen} title={t("details")}>
        {details}
      </Sheet>
      <LazyShareDialog of={{ document }} isOpen={isSharing} onOpenChange={setSharing} />
      {isRenaming && <RenameDialog document={document} onClose={() => setRenaming(false)} />}
    </Page>
  );
}

function CollectionFact({ document }: { document: DocumentDetailView }) {
  const t = useTranslations("document");
  return (
    <p className="text-sm">
      <span className="text-ink-muted block">{t("facts.collection")}</span>
      <Link
        href={`/collections/${document.collection.id}`}
        className="text-accent-ink rounded-sm font-medium break-words hover:underline"
      >
        {document.collection.name}
      </Link>
    </p>
  );
}

/** A document that one may not see, or that is not there: nobody is told which. */
function Refused({ error, onRetry }: { error: unknown; onRetry: () => void }) {
  const t = useTranslations("document");
  const errors = useTranslations("errors");
  const textOf = useErrorText();
  if (!isRefusal(error)) {
    return <ErrorState error={error} title={t("viewer.failed")} onRetry={onRetry} />;
  }
  return (
    <div role="alert">
      <EmptyState
        icon={<FileLock />}
        isPage
        title={t("refusedTitle")}
        text={textOf(error)}
        action={
          <Link href="/" className={buttonClass()}>
            {errors("toHome")}
          </Link>
        }
      />
    </div>
  );
}

const wide = "(min-width: 64rem)";
function subscribeToWidth(listener: () => void): () => void {
  const query = window.matchMedia(wide);
  query.addEventListener("change", listener);
  return () => query.removeEventListener("change", listener);
}
/** Whether there is room for details beside the viewer. */
const useIsWide = (): boolean =>
  useSyncExternalStore(
    subscribeToWidth,
    () => window.matchMedia(wide).matches,
    () => true,
  );
