"use client";
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { Upload } from "lucide-react";
import { useTranslations } from "next-intl";
import { type ReactNode, useState } from "react";
import { LazyRefused } from "#components/access-requests/lazy-refused.tsx";
import { isRefusal } from "#components/api-error.ts";
import { DocumentBrowser } from "#components/documents/document-browser.tsx";
import { DocumentsSkeleton } from "#components/documents/documents-skeleton.tsx";
import { documentListQuery } from "#components/documents/queries.ts";
import { useProcessing } from "#components/documents/use-processing.ts";
import type { ViewMode } from "#components/documents/view-mode.ts";
import { ViewSwitch } from "#components/documents/view-switch.tsx";
import { itemsOf } from "#components/list-pages.ts";
import { LazyShareDialog } from "#components/sharing/lazy-share-dialog.tsx";
import { ShareButton } from "#components/sharing/share-button.tsx";
import { Page } from "#components/shell/page.tsx";
import { Breadcrumb } from "#components/ui/breadcrumb.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { ErrorState } from "#components/ui/error-state.tsx";
import { Skeleton } from "#components/ui/skeleton.tsx";
import { DropZone } from "#components/uploads/drop-zone.tsx";
import { UploadButton } from "#components/uploads/upload-button.tsx";
import { useHotkeys } from "#components/use-hotkeys.ts";
import type { CollectionView } from "#lib/collections/schema.ts";
import { CollectionHeader } from "./collection-header.tsx";
import { CollectionMenu } from "./collection-menu.tsx";
import { NewCollectionHotkey } from "./new-collection-button.tsx";
import { collectionQuery } from "./queries.ts";

/** The server counts no further. */
const countedDocuments = 1000;

interface CollectionPageProps {
  id: string;
  initialView: ViewMode;
  /** What the server has drawn where the reader may not open it. */
  refused: ReactNode;
}

/** One collection: what it is called, who can open it, and its documents. */
export function CollectionPage({ id, initialView, refused }: CollectionPageProps) {
  const t = useTranslations("collection");
  const shell = useTranslations("shell");
  const query = useQuery(collectionQuery(id));
  const [isSharing, setSharing] = useState(false);
  // what was read before does not stay open once it is refused
  const collection = isRefusal(query.error) ? undefined : query.data;
  const canUpload =
    collection !== undefined && collection.abilities.canCreateDocuments && !collection.trashedAt;
  const destination = collection ? { id: collection.id, name: collection.name } : null;
  const share = () => setSharing(true);
  useHotkeys(
    {
      s: (event) => {
        // the letter would land in the field that the dialog focuses
        event.preventDefault();
        share();
      },
    },
    collection !== undefined,
  );
  return (
    <Page
      breadcrumb={
        <Breadcrumb
          crumbs={[
            collection && collection.role !== "owner"
              ? { label: shell("shared"), href: "/shared" }
              : { label: shell("home"), href: "/" },
            { label: collection?.name ?? "…" },
          ]}
        />
      }
      actions={
        collection && (
          <>
            <CollectionMenu collection={collection} />
            {canUpload && <UploadButton collection={destination} hasHotkey />}
            <ShareButton canShare={collection.abilities.canShare} onPress={share} />
          </>
        )
      }
    >
      <NewCollectionHotkey />
      {/* in one place, so that what is being written there stays when the answer comes */}
      {!collection &&
        (query.isPending ? (
          refused || <HeaderSkeleton />
        ) : isRefusal(query.error) ? (
          refused || <LazyRefused type="collection" id={id} />
        ) : (
          <ErrorState error={query.error} onRetry={() => void query.refetch()} />
        ))}
      {collection && (
        <>
          <CollectionHeader collection={collection} onPeople={share} />
          <Documents collection={collection} initialView={initialView} />
          <DropZone
            collection={destination}
            label={t("dropHere", { name: collection.name })}
            isEnabled={canUpload}
          />
          <LazyShareDialog of={{ collection }} isOpen={isSharing} onOpenChange={setSharing} />
        </>
      )}
      {query.isPending && !refused && <DocumentsSkeleton view={initialView} />}
    </Page>
  );
}

function Documents({ collection, initialView }: { collection: CollectionView; initialView: ViewMode }) {
  const t = useTranslations("collection");
  const [view, setView] = useState(initialView);
  const list = useInfiniteQuery(documentListQuery({ scope: "live", collectionId: collection.id }));
  const documents = itemsOf(list.data);
  useProcessing(collection.id, documents);
  if (list.isPending) return <DocumentsSkeleton view={view} />;
  if (list.isError && !list.data)
    return <ErrorState error={list.error} title={t("documentsFailed")} onRetry={() => void list.refetch()} />;
  if (documents.length === 0) {
    return collection.abilities.canCreateDocuments ? (
      <div className="border-line rounded-lg border border-dashed">
        <EmptyState
          icon={<Upload />}
          title={t("empty.title")}
          text={t("empty.text")}
          action={
            <UploadButton collection={{ id: collection.id, name: collection.name }} variant="primary" />
          }
        />
      </div>
    ) : (
      <EmptyState
        icon={<Upload />}
        title={t("emptyForReaders.title")}
        text={t("emptyForReaders.text", { owner: collection.owner.name })}
      />
    );
  }
  return (
    <>
      <div className="mb-3 flex items-center justify-between gap-3">
        <h2 className="text-ink-muted text-sm font-medium tracking-normal">
          {collection.documentCount >= countedDocuments && list.hasNextPage
            ? t("manyDocuments", { count: countedDocuments })
            : t("documentCount", { count: Math.max(collection.documentCount, documents.length) })}
        </h2>
        <ViewSwitch view={view} onChange={setView} />
      </div>
      <DocumentBrowser
        documents={documents}
        view={view}
        label={t("documents")}
        hasMore={list.hasNextPage && !list.isFetchNextPageError}
        isLoadingMore={list.isFetchingNextPage}
        onMore={() => void list.fetchNextPage()}
        footer={
          list.isFetchNextPageError ? (
            <ErrorState error={list.error} onRetry={() => void list.fetchNextPage()} />
          ) : (
            list.isFetchingNextPage && (
              <div className="mt-4">
                <DocumentsSkeleton view={view} count={4} />
              </div>
            )
          )
        }
      />
    </>
  );
}

function HeaderSkeleton() {
  return (
    <div aria-busy className="mb-6">
      <Skeleton className="my-1.5 h-7 w-64 max-w-full" />
      <Skeleton className="mt-3 h-4 w-96 max-w-full" />
      <Skeleton className="mt-4 h-5 w-32" />
    </div>
  );
}
