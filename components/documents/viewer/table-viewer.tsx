"use client";
import { useVirtualizer } from "@tanstack/react-virtual";
import { useLocale, useTranslations } from "next-intl";
import { useMemo, useRef } from "react";
import { ErrorState } from "#components/ui/error-state.tsx";
import { formatBytes } from "#lib/i18n/format.ts";
import type { ViewedDocument } from "./document-source.ts";
import { ViewerFrame } from "./frame.tsx";
import { parseCsv } from "./parse-csv.ts";
import { maxTextBytes, useText } from "./use-text.ts";
import { ViewerLoading } from "./viewer-loading.tsx";

const rowPixels = 32;
const maxColumns = 200;

/** Wide enough for what the first rows hold, within reason. */
function widthsOf(rows: string[][]): number[] {
  const columns = Math.min(maxColumns, Math.max(1, ...rows.slice(0, 200).map((row) => row.length)));
  return Array.from({ length: columns }, (_, column) => {
    const longest = Math.max(...rows.slice(0, 100).map((row) => row[column]?.length ?? 0));
    return Math.min(360, Math.max(72, longest * 7.5 + 24));
  });
}

/** A CSV file as a table; only rows in view exist. */
export function TableViewer({ document }: { document: ViewedDocument }) {
  const t = useTranslations("document.viewer");
  const locale = useLocale();
  const text = useText(document);
  const rows = useMemo(() => parseCsv(text.data ?? ""), [text.data]);
  const widths = useMemo(() => widthsOf(rows), [rows]);
  const scroller = useRef<HTMLDivElement>(null);
  const [header = [], ...body] = rows;
  const virtual = useVirtualizer({
    count: body.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowPixels,
    overscan: 12,
    scrollMargin: rowPixels,
  });
  if (text.isPending) return <ViewerLoading />;
  if (text.isError) {
    return (
      <div className="grid h-full place-items-center">
        <ErrorState error={text.error} title={t("failed")} onRetry={() => void text.refetch()} />
      </div>
    );
  }
  const gridTemplateColumns = `4rem ${widths.map((width) => `${width}px`).join(" ")}`;
  return (
    <ViewerFrame
      label={t("toolbar")}
      toolbar={
        <p className="text-ink-muted px-1 text-sm">
          {t("rows", { count: body.length })}
          {document.sizeBytes > maxTextBytes &&
            ` · ${t("truncated", { size: formatBytes(maxTextBytes, locale) })}`}
        </p>
      }
    >
      <div ref={scroller} tabIndex={0} className="bg-surface absolute inset-0 overflow-auto outline-none">
        <div
          role="table"
          aria-label={document.name}
          aria-rowcount={rows.length}
          className="w-max min-w-full text-sm"
        >
          <div
            role="row"
            aria-rowindex={1}
            className="bg-sunken border-line sticky top-0 z-10 grid border-b font-medium"
            style={{ gridTemplateColumns, height: rowPixels }}
          >
            <span role="columnheader" className="text-ink-faint px-3 py-1.5 text-right font-normal">
              <span className="sr-only">{t("row")}</span>
            </span>
            {widths.map((_, column) => (
              <span key={column} role="columnheader" className="border-line truncate border-l px-3 py-1.5">
                {header[column]}
              </span>
            ))}
          </div>
          <div role="rowgroup" className="relative" style={{ height: virtual.getTotalSize() }}>
            {virtual.getVirtualItems().map(({ index, start, key }) => (
              <div
                key={key}
                role="row"
                aria-rowindex={index + 2}
                className="border-line hover:bg-hover/50 absolute left-0 grid min-w-full border-b"
                style={{
                  gridTemplateColumns,
                  height: rowPixels,
                  transform: `translateY(${start - rowPixels}px)`,
                }}
              >
                <span role="rowheader" className="text-ink-faint px-3 py-1.5 text-right tabular-nums">
                  {index + 1}
                </span>
                {widths.map((_, column) => (
                  <span
                    key={column}
                    role="cell"
                    title={body[index]?.[column]}
                    className="border-line truncate border-l px-3 py-1.5"
                  >
                    {body[index]?.[column]}
                  </span>
                ))}
              </div>
            ))}
          </div>
        </div>
      </div>
    </ViewerFrame>
  );
}
