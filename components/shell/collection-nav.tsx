"use client";
import { useInfiniteQuery } from "@tanstack/react-query";
import { BookMarked, Ellipsis, RotateCw } from "lucide-react";
import { useTranslations } from "next-intl";
import { type DragEvent, type ReactNode, useState } from "react";
import { collectionListQuery } from "#components/collections/queries.ts";
import { carriesDocuments, dropOn } from "#components/documents/dragging.ts";
import { Button } from "#components/ui/button.tsx";
import { Skeleton } from "#components/ui/skeleton.tsx";
import type { CollectionView } from "#lib/collections/schema.ts";
import { NavLink } from "./nav-link.tsx";

/** The reader's own collections with how many documents each holds. */
export function CollectionNav() {
  const t = useTranslations("shell");
  const common = useTranslations("common");
  const { data, isPending, refetch, hasNextPage } = useInfiniteQuery(collectionListQuery("owned"));
  if (isPending) {
    return (
      <div aria-busy className="flex flex-col gap-3 px-2 py-2">
        {["w-4/5", "w-3/5", "w-2/3"].map((width) => (
          <Skeleton key={width} className={`h-4 ${width}`} />
        ))}
      </div>
    );
  }
  if (!data) {
    return (
      <div className="text-ink-muted flex flex-col items-start gap-2 px-2 py-1 text-sm">
        <p role="alert">{t("collectionsFailed")}</p>
        <Button size="sm" onClick={() => void refetch()}>
          <RotateCw aria-hidden />
          {common("retry")}
        </Button>
      </div>
    );
  }
  const collections = data.pages.flatMap((page) => page.items);
  if (collections.length === 0)
    return <p className="text-ink-faint px-2 py-1 text-sm">{t("noCollections")}</p>;
  return (
    <ul className="flex flex-col gap-px">
      {collections.map((collection) => (
        <CollectionLine key={collection.id} collection={collection}>
          <NavLink
            href={`/collections/${collection.id}`}
            icon={<BookMarked aria-hidden />}
            label={collection.name}
            count={{
              value: collection.documentCount,
              label: t("documentCount", { count: collection.documentCount }),
            }}
          />
        </CollectionLine>
      ))}
      {hasNextPage && (
        <li>
          <NavLink href="/" icon={<Ellipsis aria-hidden />} label={t("allCollections")} isNeverCurrent />
        </li>
      )}
    </ul>
  );
}

/** Takes documents that are dragged onto it. */
function CollectionLine({ collection, children }: { collection: CollectionView; children: ReactNode }) {
  const [isOver, setOver] = useState(false);
  const takes = (event: DragEvent) =>
    collection.abilities.canCreateDocuments && carriesDocuments(event.nativeEvent);
  return (
    <li
      onDragOver={(event) => {
        if (!takes(event)) return;
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={(event) => {
        setOver(false);
        if (!takes(event)) return;
        event.preventDefault();
        dropOn(collection);
      }}
      className={isOver ? "bg-accent-soft outline-accent rounded-md outline-2" : undefined}
    >
      {children}
    </li>
  );
}
