"use client";
import { useVirtualizer } from "@tanstack/react-virtual";
import { useTranslations } from "next-intl";
import type { PDFDocumentProxy } from "pdfjs-dist";
import { useEffect, useRef } from "react";
import { drawThumbnail } from "./draw-thumbnail.ts";

const width = 104;
/** A4; the true shape shows once the page is drawn, inside the same box. */
const height = 147;

interface PdfThumbnailsProps {
  pdf: PDFDocumentProxy;
  page: number;
  onGo: (page: number) => void;
}

/** All pages in small, to find and jump to one. Only those in view are drawn. */
export function PdfThumbnails({ pdf, page, onGo }: PdfThumbnailsProps) {
  const t = useTranslations("document.viewer");
  const scroller = useRef<HTMLElement>(null);
  const rows = useVirtualizer({
    count: pdf.numPages,
    getScrollElement: () => scroller.current,
    estimateSize: () => height + 34,
    overscan: 3,
    paddingStart: 12,
    paddingEnd: 12,
  });
  useEffect(() => rows.scrollToIndex(page - 1, { align: "auto" }), [rows, page]);
  return (
    <nav
      ref={scroller}
      aria-label={t("thumbnails")}
      className="border-line bg-paper max-sm:shadow-float w-36 shrink-0 overflow-y-auto overscroll-contain border-r max-sm:absolute max-sm:inset-y-0 max-sm:left-0 max-sm:z-10"
    >
      <ol className="relative" style={{ height: rows.getTotalSize() }}>
        {rows.getVirtualItems().map(({ index, start, key }) => (
          <li
            key={key}
            className="absolute inset-x-0 top-0 flex justify-center"
            style={{ transform: `translateY(${start}px)` }}
          >
            <button
              type="button"
              aria-label={t("pageLabel", { page: index + 1 })}
              aria-current={page === index + 1 ? "page" : undefined}
              onClick={() => onGo(index + 1)}
              className="group/thumb text-ink-muted aria-[current=page]:text-accent-ink flex flex-col items-center gap-1 rounded-sm text-xs tabular-nums aria-[current=page]:font-semibold"
            >
              <Picture pdf={pdf} page={index + 1} />
              {index + 1}
            </button>
          </li>
        ))}
      </ol>
    </nav>
  );
}

function Picture({ pdf, page }: { pdf: PDFDocumentProxy; page: number }) {
  const box = useRef<HTMLSpanElement>(null);
  useEffect(() => {
    const element = box.current;
    if (!element) return;
    const abort = new AbortController();
    // pages flown past while scrolling are not drawn at all
    const timer = setTimeout(() => {
      drawThumbnail(pdf, page, { width, height, signal: abort.signal }).then(
        (canvas) => {
          if (!abort.signal.aborted) element.replaceChildren(canvas);
        },
        // a page that can't be drawn stays blank here and says so at full size
        () => undefined,
      );
    }, 120);
    return () => {
      clearTimeout(timer);
      abort.abort();
    };
  }, [pdf, page]);
  return (
    <span
      ref={box}
      aria-hidden
      className="border-line group-hover/thumb:border-line-strong group-aria-[current=page]/thumb:outline-accent grid place-items-center overflow-hidden rounded-[3px] border bg-white outline-2 outline-transparent"
      style={{ width: width + 2, height: height + 2 }}
    />
  );
}
