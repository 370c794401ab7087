"use client";
import type { InfiniteData, UseInfiniteQueryResult } from "@tanstack/react-query";
import { type ReactNode, useRef } from "react";
import { ErrorState } from "#components/ui/error-state.tsx";
import { LoadMore } from "#components/ui/load-more.tsx";
import { Skeleton } from "#components/ui/skeleton.tsx";
import type { Page } from "#lib/http/schema.ts";

interface ItemListProps<Item> {
  query: UseInfiniteQueryResult<InfiniteData<Page<Item>>>;
  label: string;
  failedTitle: string;
  empty?: ReactNode;
  children: (item: Item) => ReactNode;
}

/** A short list in a card with all its states. */
export function ItemList<Item extends { id: string }>({
  query,
  label,
  failedTitle,
  empty,
  children,
}: ItemListProps<Item>) {
  const list = useRef<HTMLUListElement>(null);
  if (query.isPending) {
    return (
      <div aria-busy className="-my-3">
        {["w-40", "w-52"].map((width) => (
          <div key={width} className="border-line flex h-16 items-center gap-3 border-b last:border-0">
            <Skeleton className="size-8 rounded-md" />
            <span className="flex flex-col gap-2">
              <Skeleton className={`h-3.5 ${width}`} />
              <Skeleton className="h-3 w-28" />
            </span>
          </div>
        ))}
      </div>
    );
  }
  if (query.isError && !query.data)
    return <ErrorState error={query.error} title={failedTitle} onRetry={() => void query.refetch()} />;
  const items = query.data.pages.flatMap((page) => page.items);
  if (items.length === 0) return empty;
  return (
    <>
      <ul ref={list} aria-label={label} className="-my-3">
        {items.map((item) => (
          <li key={item.id} className="border-line border-b last:border-0">
            {children(item)}
          </li>
        ))}
      </ul>
      <LoadMore query={query} list={list} className="mt-5 text-center" />
    </>
  );
}

interface ItemRowProps {
  icon: ReactNode;
  title: ReactNode;
  badge?: ReactNode;
  facts: ReactNode;
  action?: ReactNode;
}

/** One line of such a list: what it is, facts under it, what can be done at the end. */
export function ItemRow({ icon, title, badge, facts, action }: ItemRowProps) {
  return (
    <div className="flex min-h-16 items-center gap-3 py-2.5">
      <span
        aria-hidden
        className="bg-sunken text-ink-muted grid size-8 shrink-0 place-items-center rounded-md [&_svg]:size-4"
      >
        {icon}
      </span>
      <div className="min-w-0 flex-1">
        <p className="flex flex-wrap items-center gap-x-2 gap-y-1">
          <span className="min-w-0 font-medium wrap-anywhere">{title}</span>
          {badge}
        </p>
        <p className="text-ink-muted text-sm wrap-anywhere">{facts}</p>
      </div>
      {action}
    </div>
  );
}
