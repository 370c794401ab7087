"use client";
import { useVirtualizer } from "@tanstack/react-virtual";
import { useLocale, useTranslations } from "next-intl";
import { useMemo, useRef } from "react";
import { ErrorState } from "#components/ui/error-state.tsx";
import { formatBytes } from "#lib/i18n/format.ts";
import type { ViewedDocument } from "./document-source.ts";
import { splitBlocks } from "./split-blocks.ts";
import { maxTextBytes, useText } from "./use-text.ts";
import { ViewerLoading } from "./viewer-loading.tsx";

/** Plain text and Markdown as they were written; nothing in them runs or is fetched. */
export function TextViewer({ document }: { document: ViewedDocument }) {
  const t = useTranslations("document.viewer");
  const locale = useLocale();
  const text = useText(document);
  const blocks = useMemo(() => splitBlocks(text.data ?? ""), [text.data]);
  const scroller = useRef<HTMLDivElement>(null);
  const rows = useVirtualizer({
    count: blocks.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => 40 * 24,
    overscan: 2,
  });
  if (text.isPending) return <ViewerLoading />;
  if (text.isError) {
    return (
      <div className="grid h-full place-items-center">
        <ErrorState error={text.error} title={t("failed")} onRetry={() => void text.refetch()} />
      </div>
    );
  }
  return (
    <div
      ref={scroller}
      role="document"
      aria-label={t("label")}
      tabIndex={0}
      className="bg-sunken h-full overflow-auto overscroll-contain sm:p-6"
    >
      <div className="bg-surface border-line mx-auto max-w-200 border px-5 py-8 sm:rounded-md sm:px-12 sm:py-12">
        <div className="relative" style={{ height: rows.getTotalSize() }}>
          {rows.getVirtualItems().map((row) => (
            <pre
              key={row.key}
              ref={rows.measureElement}
              data-index={row.index}
              className="text-md absolute inset-x-0 top-0 font-serif break-words whitespace-pre-wrap [tab-size:4]"
              style={{ transform: `translateY(${row.start}px)` }}
            >
              {blocks[row.index]}
            </pre>
          ))}
        </div>
        {document.sizeBytes > maxTextBytes && (
          <p className="border-line text-ink-muted mt-6 border-t pt-4">
            {t("truncated", { size: formatBytes(maxTextBytes, locale) })}
          </p>
        )}
      </div>
    </div>
  );
}
