"use client";
import { useQuery } from "@tanstack/react-query";
import { ChevronLeft, ChevronRight, PanelRight } from "lucide-react";
import { useTranslations } from "next-intl";
import Link from "next/link";
import { useRouter } from "next/navigation";
import { type ReactNode, useState } from "react";
import { LazyRefused } from "#components/access-requests/lazy-refused.tsx";
import { isRefusal } from "#components/api-error.ts";
import { setCookie } from "#components/cookies.ts";
import { LazyShareDialog } from "#components/sharing/lazy-share-dialog.tsx";
import { ShareButton } from "#components/sharing/share-button.tsx";
import { Page } from "#components/shell/page.tsx";
import { Breadcrumb } from "#components/ui/breadcrumb.tsx";
import { ErrorState } from "#components/ui/error-state.tsx";
import { IconButton } from "#components/ui/icon-button.tsx";
import { LazySheet } from "#components/ui/lazy-sheet.tsx";
import { useHotkeys } from "#components/use-hotkeys.ts";
import { useIsWide } from "#components/use-is-wide.ts";
import type { DocumentDetailView, DocumentView } from "#lib/documents/schema.ts";
import { DetailsPanel } from "./details-panel.tsx";
import { DocumentMenu } from "./document-menu.tsx";
import { DownloadLink } from "./download-link.tsx";
import { documentQuery } from "./queries.ts";
import { MoveDialog } from "./lazy-move-dialog.tsx";
import { RenameDialog } from "./lazy-rename-dialog.tsx";
import { useNeighbours } from "./use-neighbours.ts";
import { useNoteOpening } from "./use-note-opening.ts";
import { useTrash } from "./use-trash.ts";
import { detailsCookie } from "./view-mode.ts";
import { ViewerLoading } from "./viewer/viewer-loading.tsx";
import { Viewer } from "./viewer/viewer.tsx";

interface DocumentPageProps {
  id: string;
  areDetailsOpen: boolean;
  /** What the server has drawn where the reader may not open it. */
  refused: ReactNode;
}

/** One document: the viewer fills the page, details stand beside it. */
export function DocumentPage({ id, areDetailsOpen, refused }: DocumentPageProps) {
  const t = useTranslations("document");
  const shell = useTranslations("shell");
  const query = useQuery(documentQuery(id));
  // what was read before does not stay open once it is refused
  const document = isRefusal(query.error) ? undefined : query.data;
  if (document) return <OpenDocument document={document} areDetailsOpen={areDetailsOpen} />;
  const breadcrumb = <Breadcrumb crumbs={[{ label: shell("home"), href: "/" }, { label: "…" }]} />;
  if (query.isPending ? refused : isRefusal(query.error))
    return <Page breadcrumb={breadcrumb}>{refused || <LazyRefused type="document" id={id} />}</Page>;
  return (
    <Page layout="full" breadcrumb={breadcrumb}>
      {query.isPending ? (
        <ViewerLoading />
      ) : (
        <ErrorState error={query.error} title={t("viewer.failed")} onRetry={() => void query.refetch()} />
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
  const shell = useTranslations("shell");
  const router = useRouter();
  const isWide = useIsWide();
  const [isPanelOpen, setPanelOpen] = useState(areDetailsOpen);
  const [isSheetOpen, setSheetOpen] = useState(false);
  const [isRenaming, setRenaming] = useState(false);
  const [isSharing, setSharing] = useState(false);
  const [isMoving, setMoving] = useState(false);
  const trash = useTrash();
  useNoteOpening(document.id);
  const { previous, next } = useNeighbours(document);
  const go = (to: { id: string } | null) => to && router.push(`/documents/${to.id}`);
  const toggleDetails = () => {
    if (!isWide) return setSheetOpen(!isSheetOpen);
    setCookie(detailsCookie, isPanelOpen ? "closed" : "open");
    setPanelOpen(!isPanelOpen);
  };
  /** The page is left once it is done: where that fails, one stays with what is still there. */
  const leaveWithTrash = async (documents: DocumentView[]) => {
    if ((await trash(documents)).length > 0)
      router.push(document.collection.name ? `/collections/${document.collection.id}` : "/");
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
    m: () => document.abilities.canMove && setMoving(true),
    F2: () => document.abilities.canEdit && setRenaming(true),
  });
  const details = <DetailsPanel document={document}>{<CollectionFact document={document} />}</DetailsPanel>;
  return (
    <Page
      layout="full"
      breadcrumb={
        <Breadcrumb
          crumbs={[
            // whoever was given the document alone is not told where it lies
            document.collection.name
              ? { label: document.collection.name, href: `/collections/${document.collection.id}` }
              : { label: shell("shared"), href: "/shared" },
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
              onTrash: (documents) => void leaveWithTrash(documents),
              onMove: () => setMoving(true),
            }}
          />
          <DownloadLink documentId={document.id} isShort />
          <ShareButton canShare={document.abilities.canShare} isShort onPress={() => setSharing(true)} />
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
      <LazySheet isOpen={isSheetOpen && !isWide} onOpenChange={setSheetOpen} title={t("details")}>
        {details}
      </LazySheet>
      <LazyShareDialog of={{ document }} isOpen={isSharing} onOpenChange={setSharing} />
      {isRenaming && <RenameDialog document={document} onClose={() => setRenaming(false)} />}
      {isMoving && <MoveDialog documents={[document]} onClose={() => setMoving(false)} />}
    </Page>
  );
}

function CollectionFact({ document }: { document: DocumentDetailView }) {
  const t = useTranslations("document");
  if (!document.collection.name) return null;
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
