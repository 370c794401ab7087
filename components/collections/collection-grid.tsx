"use client";
import { useInfiniteQuery } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import type { ReactNode } from "react";
import { itemsOf } from "#components/list-pages.ts";
import { Button } from "#components/ui/button.tsx";
import { ErrorState } from "#components/ui/error-state.tsx";
import { Skeleton } from "#components/ui/skeleton.tsx";
import { CollectionCard } from "./collection-card.tsx";
import { collectionListQuery } from "./queries.ts";

interface CollectionGridProps {
  scope: "owned" | "shared";
  label: string;
  empty: ReactNode;
}

const gridClass = "grid gap-4 sm:grid-cols-2 lg:grid-cols-3";

/** All collections of a scope as cards. */
export function CollectionGrid({ scope, label, empty }: CollectionGridProps) {
  const t = useTranslations("collection");
  const common = useTranslations("common");
  const list = useInfiniteQuery(collectionListQuery(scope));
  if (list.isPending) return <CollectionGridSkeleton />;
  if (list.isError && !list.data)
    return <ErrorState error={list.error} title={t("listFailed")} onRetry={() => void list.refetch()} />;
  const collections = itemsOf(list.data);
  if (collections.length === 0) return empty;
  return (
    <>
      <ul aria-label={label} className={gridClass}>
        {collections.map((collection) => (
          <li key={collection.id}>
            <CollectionCard collection={collection} />
          </li>
        ))}
      </ul>
      {list.hasNextPage && (
        <div className="mt-4 flex justify-center">
          <Button isBusy={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>
            {common("loadMore")}
          </Button>
        </div>
      )}
    </>
  );
}

export function CollectionGridSkeleton() {
  return (
    <div aria-busy className={gridClass}>
      {[0, 1, 2].map((index) => (
        <div key={index} className="border-line bg-surface flex h-30 flex-col rounded-md border p-4">
          <Skeleton className="h-4 w-3/5" />
          <Skeleton className="mt-auto h-3.5 w-2/5" />
        </div>
      ))}
    </div>
  );
}
