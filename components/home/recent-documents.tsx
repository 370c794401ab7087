"use client";
import { useInfiniteQuery } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import Link from "next/link";
import { useEffect, useRef } from "react";
import { DocumentState } from "#components/documents/document-state.tsx";
import { recentQuery } from "#components/documents/queries.ts";
import { pictureFrameClass, Thumbnail } from "#components/documents/thumbnail.tsx";
import { itemsOf } from "#components/list-pages.ts";
import { ErrorState } from "#components/ui/error-state.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { Skeleton } from "#components/ui/skeleton.tsx";
import type { RecentDocumentView } from "#lib/documents/schema.ts";

const shown = 12;
// one line that scrolls sideways, so that collections stay in sight; nothing holds it at the card that was first before
const stripClass =
  "-mx-4 flex scroll-px-4 gap-4 overflow-x-auto px-4 pt-1 pb-3 [overflow-anchor:none] sm:-mx-8 sm:scroll-px-8 sm:px-8";

/** The documents its reader worked with last, as their first pages. Left out while there are none. */
export function RecentDocuments() {
  const t = useTranslations("home");
  const list = useInfiniteQuery({
    ...recentQuery(),
    refetchInterval: ({ state }) =>
      itemsOf(state.data).some(({ status }) => status === "uploaded") ? 3000 : false,
  });
  const documents = itemsOf(list.data).slice(0, shown);
  const strip = useRef<HTMLUListElement>(null);
  const newest = documents[0]?.id;
  // what has just come in stands at the start, wherever the strip was scrolled to
  useEffect(() => {
    strip.current?.scrollTo({ left: 0 });
  }, [newest]);
  if (list.isError && !list.data) {
    return <ErrorState error={list.error} title={t("recentFailed")} onRetry={() => void list.refetch()} />;
  }
  if (list.data && documents.length === 0) return null;
  return (
    <section aria-busy={list.isPending}>
      <h2 className="text-md mb-2 font-semibold">{t("recent")}</h2>
      <ul ref={strip} aria-label={t("recent")} className={stripClass}>
        {list.isPending
          ? Array.from({ length: 6 }, (_, index) => (
              <li key={index} aria-hidden className="w-36 shrink-0">
                <Skeleton className="h-44 w-full rounded-md" />
                <Skeleton className="mt-2.5 h-4 w-4/5" />
                <Skeleton className="mt-1.5 h-3 w-1/2" />
              </li>
            ))
          : documents.map((document) => (
              <li key={document.id} className="w-36 shrink-0">
                <Recent document={document} />
              </li>
            ))}
      </ul>
    </section>
  );
}

function Recent({ document }: { document: RecentDocumentView }) {
  const isSound = document.status === "ready";
  return (
    <div className="group relative">
      <div
        className={`${pictureFrameClass} border-line bg-sunken group-hover:border-line-strong h-44 rounded-md border p-3 transition-colors`}
      >
        <Thumbnail document={document} />
      </div>
      <Link
        href={`/documents/${document.id}`}
        title={document.name}
        className="mt-2 line-clamp-2 font-medium break-words after:absolute after:inset-0 after:rounded-md focus-visible:outline-none focus-visible:after:outline-2 focus-visible:after:outline-(--accent)"
      >
        {document.name}
      </Link>
      <div className="text-ink-muted mt-0.5 text-xs">
        {isSound ? <RelativeTime value={document.usedAt} /> : <DocumentState document={document} />}
      </div>
    </div>
  );
}
