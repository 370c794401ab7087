"use client";
import { useInfiniteQuery } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import { type ReactNode, useRef } from "react";
import { itemsOf } from "#components/list-pages.ts";
import { ErrorState } from "#components/ui/error-state.tsx";
import { LoadMore } from "#components/ui/load-more.tsx";
import { Skeleton } from "#components/ui/skeleton.tsx";
import { CollectionCard } from "./collection-card.tsx";
import { collectionListQuery } from "./queries.ts";

interface CollectionGridProps {
  scope: "owned" | "shared";
  label: string;
  empty: ReactNode;
}

// by the room there is beside the side bar, not by the window
const gridClass = "grid grid-cols-[minmax(0,1fr)] gap-4 @[34rem]:grid-cols-2 @[54rem]:grid-cols-3";

/** All collections of a scope as cards. */
export function CollectionGrid({ scope, label, empty }: CollectionGridProps) {
  const t = useTranslations("collection");
  const query = useInfiniteQuery(collectionListQuery(scope));
  const list = useRef<HTMLUListElement>(null);
  if (query.isPending) return <CollectionGridSkeleton />;
  if (query.isError && !query.data)
    return <ErrorState error={query.error} title={t("listFailed")} onRetry={() => void query.refetch()} />;
  const collections = itemsOf(query.data);
  if (collections.length === 0) return empty;
  return (
    <div className="@container">
      <ul ref={list} aria-label={label} className={gridClass}>
        {collections.map((collection) => (
          <li key={collection.id}>
            <CollectionCard collection={collection} />
          </li>
        ))}
      </ul>
      <LoadMore query={query} list={list} className="mt-4 text-center" />
    </div>
  );
}

export function CollectionGridSkeleton() {
  return (
    <div aria-busy className="@container">
      <div className={gridClass}>
        {[0, 1, 2].map((index) => (
          <div key={index} className="border-line bg-surface flex h-30 flex-col rounded-md border p-4">
            <Skeleton className="h-4 w-3/5" />
            <Skeleton className="mt-auto h-3.5 w-2/5" />
          </div>
        ))}
      </div>
    </div>
  );
}
