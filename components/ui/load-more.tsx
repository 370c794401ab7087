"use client";
import type { UseInfiniteQueryResult } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import { type RefObject, useEffect, useRef } from "react";
import { useErrorText } from "#components/use-error-text.ts";
import { Button } from "./button.tsx";

interface LoadMoreProps {
  /** The list that is read page by page. */
  query: Pick<
    UseInfiniteQueryResult,
    "hasNextPage" | "isFetchingNextPage" | "isFetchNextPageError" | "error" | "fetchNextPage"
  >;
  /** What the list stands in. */
  list: RefObject<HTMLElement | null>;
  size?: "sm" | "md";
  className?: string;
}

const controls = "a[href], button:not([disabled]), [tabindex]";

/** Under a list, while there is more of it; says why the next page did not come. With the last page the button goes, and the focus moves to what came. */
export function LoadMore({ query, list, size = "md", className }: LoadMoreProps) {
  const t = useTranslations("common");
  const textOf = useErrorText();
  const { hasNextPage, isFetchingNextPage, fetchNextPage } = query;
  const countBefore = useRef<number | null>(null);
  useEffect(() => {
    if (hasNextPage || isFetchingNextPage || countBefore.current === null) return;
    const row = list.current?.querySelectorAll<HTMLElement>("li")[countBefore.current];
    countBefore.current = null;
    // whoever has gone on meanwhile stays where they are; a dialog takes a focus that was lost to itself
    if (!row || !document.activeElement?.matches("body, [role=dialog]")) return;
    const control = row.querySelector<HTMLElement>(controls);
    if (!control) row.tabIndex = -1;
    (control ?? row).focus();
  }, [hasNextPage, isFetchingNextPage, list]);
  if (!hasNextPage) return null;
  return (
    <div className={className}>
      {query.isFetchNextPageError && (
        <p role="alert" className="text-danger-ink mb-2 text-sm">
          {textOf(query.error)}
        </p>
      )}
      <Button
        size={size}
        variant={size === "sm" ? "ghost" : "secondary"}
        isBusy={isFetchingNextPage}
        onClick={() => {
          countBefore.current = list.current?.querySelectorAll("li").length ?? null;
          void fetchNextPage();
        }}
      >
        {t("loadMore")}
      </Button>
    </div>
  );
}
