"use client";
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { FileText } from "lucide-react";
import { useTranslations } from "next-intl";
import { useRef, useState } from "react";
import { LanguageSwitch } from "#components/accounts/language-switch.tsx";
import { isSignedOut } from "#components/api-error.ts";
import { collectionQuery } from "#components/collections/queries.ts";
import { DocumentsSkeleton } from "#components/documents/documents-skeleton.tsx";
import { documentListQuery } from "#components/documents/queries.ts";
import type { ViewMode } from "#components/documents/view-mode.ts";
import { ViewSwitch } from "#components/documents/view-switch.tsx";
import { itemsOf } from "#components/list-pages.ts";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { ErrorState } from "#components/ui/error-state.tsx";
import { LoadMore } from "#components/ui/load-more.tsx";
import type { CollectionView } from "#lib/collections/schema.ts";
import { PublicBar } from "./public-bar.tsx";
import { PublicDocuments } from "./public-documents.tsx";

interface PublicCollectionPageProps {
  id: string;
  initialView: ViewMode;
}

/** A public collection as people without an account read it: what it is called, whose it is, and its documents. */
export function PublicCollectionPage({ id, initialView }: PublicCollectionPageProps) {
  const query = useQuery(collectionQuery(id));
  // once it is not public any more, what was read before is gone, and this page is being left
  const isClosed = isSignedOut(query.error);
  const collection = isClosed ? undefined : query.data;
  return (
    <>
      <PublicBar />
      <main
        id="content"
        tabIndex={-1}
        className="mx-auto w-full max-w-5xl flex-1 px-4 pt-8 pb-16 outline-none sm:px-8 sm:pt-12"
      >
        {collection && (
          <>
            <Heading collection={collection} />
            <Documents collection={collection} initialView={initialView} />
          </>
        )}
        {query.isError && !isClosed && !collection && (
          <ErrorState error={query.error} onRetry={() => void query.refetch()} />
        )}
        {(query.isPending || isClosed) && <DocumentsSkeleton view={initialView} />}
      </main>
      <footer className="mx-auto w-full max-w-5xl px-2.5 pb-6 sm:px-6.5">
        <LanguageSwitch />
      </footer>
    </>
  );
}

function Heading({ collection }: { collection: CollectionView }) {
  const t = useTranslations("public");
  return (
    <header className="mb-8">
      <h1 className="font-serif text-xl font-medium tracking-[-0.011em] text-balance break-words">
        {collection.name}
      </h1>
      {collection.description && (
        <p className="text-ink-muted mt-2 max-w-180 break-words whitespace-pre-wrap">
          {collection.description}
        </p>
      )}
      <p className="text-ink-muted mt-3 text-sm break-words">
        {t("sharedBy", { name: collection.owner.name })}
      </p>
    </header>
  );
}

/** The server counts no further. */
const countedDocuments = 1000;

function Documents({ collection, initialView }: { collection: CollectionView; initialView: ViewMode }) {
  const t = useTranslations("collection");
  const own = useTranslations("public");
  const [view, setView] = useState(initialView);
  const query = useInfiniteQuery(documentListQuery({ scope: "live", collectionId: collection.id }));
  const list = useRef<HTMLUListElement>(null);
  const documents = itemsOf(query.data);
  if (query.isPending || isSignedOut(query.error)) return <DocumentsSkeleton view={view} />;
  if (query.isError && !query.data)
    return (
      <ErrorState error={query.error} title={t("documentsFailed")} onRetry={() => void query.refetch()} />
    );
  if (documents.length === 0)
    return <EmptyState icon={<FileText />} title={own("emptyTitle")} text={own("emptyText")} />;
  return (
    <>
      <div className="mb-3 flex items-center justify-between gap-3">
        <h2 className="text-ink-muted text-sm font-medium tracking-normal">
          {collection.documentCount >= countedDocuments && query.hasNextPage
            ? t("manyDocuments", { count: countedDocuments })
            : t("documentCount", { count: Math.max(collection.documentCount, documents.length) })}
        </h2>
        <ViewSwitch view={view} onChange={setView} />
      </div>
      <PublicDocuments documents={documents} view={view} label={t("documents")} list={list} />
      <LoadMore query={query} list={list} className="mt-6 text-center" />
    </>
  );
}
