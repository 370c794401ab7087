"use client";
import { useInfiniteQuery } from "@tanstack/react-query";
import { Trash2 } from "lucide-react";
import { useTranslations } from "next-intl";
import { useRef } from "react";
import { NewCollectionHotkey } from "#components/collections/new-collection-button.tsx";
import { collectionListQuery } from "#components/collections/queries.ts";
import { documentListQuery } from "#components/documents/queries.ts";
import { itemsOf } from "#components/list-pages.ts";
import { Page } from "#components/shell/page.tsx";
import { Breadcrumb } from "#components/ui/breadcrumb.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { ErrorState } from "#components/ui/error-state.tsx";
import { LoadMore } from "#components/ui/load-more.tsx";
import { Skeleton } from "#components/ui/skeleton.tsx";
import { TrashedCollectionRow } from "./trashed-collection-row.tsx";
import { TrashedDocumentRow } from "./trashed-document-row.tsx";

/** What was thrown away and can still be brought back. */
export function TrashPage() {
  const t = useTranslations("collection.trash");
  const shell = useTranslations("shell");
  const collections = useInfiniteQuery(collectionListQuery("trashed"));
  const documents = useInfiniteQuery(documentListQuery({ scope: "trashed" }));
  const collectionList = useRef<HTMLUListElement>(null);
  const documentList = useRef<HTMLUListElement>(null);
  const lists = [collections, documents];
  const failed = lists.find((list) => list.isError && !list.data);
  const isPending = lists.some((list) => list.isPending);
  const trashedCollections = itemsOf(collections.data);
  const trashedDocuments = itemsOf(documents.data);
  const isEmpty = trashedCollections.length + trashedDocuments.length === 0;
  return (
    <Page breadcrumb={<Breadcrumb crumbs={[{ label: shell("trash") }]} />}>
      <NewCollectionHotkey />
      <h1 className="font-serif text-xl font-medium">{shell("trash")}</h1>
      <p className="text-ink-muted mt-1 mb-6 max-w-140">{t("note")}</p>
      {failed ? (
        <ErrorState
          error={failed.error}
          onRetry={() => {
            void collections.refetch();
            void documents.refetch();
          }}
        />
      ) : isPending ? (
        <TrashSkeleton />
      ) : isEmpty ? (
        <EmptyState icon={<Trash2 />} title={t("empty.title")} text={t("empty.text")} />
      ) : (
        <div className="flex flex-col gap-8">
          {trashedCollections.length > 0 && (
            <section>
              <h2 className="mb-1 font-semibold">{t("collections")}</h2>
              <ul ref={collectionList} aria-label={t("collections")}>
                {trashedCollections.map((collection) => (
                  <li key={collection.id}>
                    <TrashedCollectionRow collection={collection} />
                  </li>
                ))}
              </ul>
              <LoadMore query={collections} list={collectionList} className="mt-4 text-center" />
            </section>
          )}
          {trashedDocuments.length > 0 && (
            <section>
              <h2 className="mb-1 font-semibold">{t("documents")}</h2>
              <ul ref={documentList} aria-label={t("documents")}>
                {trashedDocuments.map((document) => (
                  <li key={document.id}>
                    <TrashedDocumentRow document={document} />
                  </li>
                ))}
              </ul>
              <LoadMore query={documents} list={documentList} className="mt-4 text-center" />
            </section>
          )}
        </div>
      )}
    </Page>
  );
}

function TrashSkeleton() {
  return (
    <div aria-busy>
      {["w-1/3", "w-2/5", "w-1/4"].map((width) => (
        <div key={width} className="border-line flex h-14 items-center gap-3 border-b">
          <Skeleton className="size-8" />
          <Skeleton className={`h-4 ${width}`} />
        </div>
      ))}
    </div>
  );
}
