"use client";
import { useQuery } from "@tanstack/react-query";
import { ChevronLeft, ChevronRight } from "lucide-react";
import { useTranslations } from "next-intl";
import { useRouter } from "next/navigation";
import { isSignedOut } from "#components/api-error.ts";
import { DownloadLink } from "#components/documents/download-link.tsx";
import { documentQuery } from "#components/documents/queries.ts";
import { useNeighbours } from "#components/documents/use-neighbours.ts";
import { ViewerLoading } from "#components/documents/viewer/viewer-loading.tsx";
import { Viewer } from "#components/documents/viewer/viewer.tsx";
import { Breadcrumb } from "#components/ui/breadcrumb.tsx";
import { ErrorState } from "#components/ui/error-state.tsx";
import { IconButton } from "#components/ui/icon-button.tsx";
import { useHotkeys } from "#components/use-hotkeys.ts";
import type { DocumentDetailView } from "#lib/documents/schema.ts";
import { PublicBar } from "./public-bar.tsx";

/** A document of a public collection as people without an account read it. */
export function PublicDocumentPage({ id }: { id: string }) {
  const t = useTranslations("document");
  const query = useQuery(documentQuery(id));
  // once it is not public any more, what was read before is gone, and this page is being left
  const isClosed = isSignedOut(query.error);
  const document = isClosed ? undefined : query.data;
  return (
    <>
      {document ? <OpenBar document={document} /> : <PublicBar />}
      <main
        id="content"
        tabIndex={-1}
        className="h-[calc(100dvh-var(--spacing-topbar))] min-h-0 overflow-hidden outline-none"
      >
        {document && (
          <>
            <h1 className="sr-only">{document.name}</h1>
            <Viewer document={document} />
          </>
        )}
        {query.isError && !isClosed && !document && (
          <ErrorState error={query.error} title={t("viewer.failed")} onRetry={() => void query.refetch()} />
        )}
        {(query.isPending || isClosed) && <ViewerLoading />}
      </main>
    </>
  );
}

function OpenBar({ document }: { document: DocumentDetailView }) {
  const t = useTranslations("document.page");
  const router = useRouter();
  const { previous, next } = useNeighbours(document);
  const go = (to: { id: string } | null) => to && router.push(`/documents/${to.id}`);
  useHotkeys({ j: () => go(next), k: () => go(previous) });
  return (
    <PublicBar
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
              label={t("previous")}
              icon={<ChevronLeft />}
              disabled={!previous}
              onClick={() => go(previous)}
            />
            <IconButton label={t("next")} icon={<ChevronRight />} disabled={!next} onClick={() => go(next)} />
          </span>
          <DownloadLink documentId={document.id} isShort />
        </>
      }
    />
  );
}
