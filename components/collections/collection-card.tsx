"use client";
import { useTranslations } from "next-intl";
import Link from "next/link";
import { AvatarStack } from "#components/ui/avatar-stack.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import type { CollectionView } from "#lib/collections/schema.ts";
import { useOpening } from "./visibility-chip.tsx";

/** A collection among others: its name, how much is in it, and who can open it. */
export function CollectionCard({ collection }: { collection: CollectionView }) {
  const t = useTranslations("collection");
  const { Icon, label } = useOpening(collection);
  const isMine = collection.role === "owner";
  return (
    <div className="border-line bg-surface hover:border-line-strong relative flex h-full min-h-30 flex-col rounded-md border p-4 transition-colors">
      <h3 className="line-clamp-2 text-base font-semibold break-words">
        <Link
          href={`/collections/${collection.id}`}
          className="after:absolute after:inset-0 after:rounded-md focus-visible:outline-none focus-visible:after:outline-2 focus-visible:after:outline-(--accent)"
        >
          {collection.name}
        </Link>
      </h3>
      {collection.description && (
        <p className="text-ink-muted mt-1 line-clamp-2 text-sm break-words">{collection.description}</p>
      )}
      <div className="text-ink-muted mt-auto flex items-center gap-1.5 pt-4 text-sm">
        <Icon aria-label={label} className="size-3.5 shrink-0" />
        <span className="truncate">
          {isMine
            ? t("documentCount", { count: collection.documentCount })
            : t("countBy", { count: collection.documentCount, owner: collection.owner.name })}
          <span aria-hidden> · </span>
          <RelativeTime value={collection.updatedAt} />
        </span>
        <span className="ml-auto shrink-0">
          {collection.people.length > 1 && <AvatarStack people={collection.people} max={3} />}
        </span>
      </div>
    </div>
  );
}
