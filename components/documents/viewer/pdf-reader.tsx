"use client";
import { PanelLeft, Search } from "lucide-react";
import { useTranslations } from "next-intl";
import type { PDFDocumentProxy } from "pdfjs-dist";
import { useCallback, useEffect, useRef, useState, useSyncExternalStore } from "react";
import { IconButton } from "#components/ui/icon-button.tsx";
import { useHotkeys } from "#components/use-hotkeys.ts";
import { ViewerFrame } from "./frame.tsx";
import { PageField } from "./page-field.tsx";
import { pageOfHash, searchOfHash, showPageInHash } from "./page-hash.ts";
import { PdfController, type PdfView } from "./pdf-controller.ts";
import type { PdfEngine } from "./pdf-engine.ts";
import "./pdf-pages.css";
import { PdfSearch } from "./pdf-search.tsx";
import { PdfThumbnails } from "./pdf-thumbnails.tsx";
import { ZoomControls } from "./zoom-controls.tsx";

interface PdfReaderProps {
  pdf: PDFDocumentProxy;
  engine: PdfEngine;
}

/** The pages with thumbnails, zoom, page number, search and keyboard. Only pages in view are drawn. */
export function PdfReader({ pdf, engine }: PdfReaderProps) {
  const t = useTranslations("document.viewer");
  const [controller, setController] = useState<PdfController | null>(null);
  const box = useRef<HTMLDivElement | null>(null);
  const attach = useCallback(
    (container: HTMLDivElement | null) => {
      box.current = container;
      if (!container) return;
      const made = new PdfController({
        engine,
        pdf,
        container,
        initialPage: pageOfHash() ?? 1,
        labelOf: (page) => t("pageLabel", { page }),
      });
      setController(made);
      // the pages may be a while in coming: whoever is in a dialog or a field by then stays there
      if (document.activeElement === document.body) container.focus({ preventScroll: true });
      return () => made.dispose();
    },
    // a new translator of the same language is no reason to open the pages again
    // eslint-disable-next-line react-hooks/exhaustive-deps
    [engine, pdf],
  );

  const view = useView(controller, pdf.numPages);
  const [hasThumbnails, setThumbnails] = useState(() => pdf.numPages > 1 && window.innerWidth >= 1024);
  const [wanted, setWanted] = useState(searchOfHash);
  const [isSearching, setSearching] = useState(wanted !== null);
  const openSearch = useCallback((event: KeyboardEvent) => {
    event.preventDefault();
    setSearching(true);
  }, []);
  useHotkeys({
    ArrowLeft: () => controller?.goTo(view.page - 1),
    ArrowRight: () => controller?.goTo(view.page + 1),
    "+": () => controller?.zoomBy(1),
    "=": () => controller?.zoomBy(1),
    "-": () => controller?.zoomBy(-1),
    "0": () => controller?.zoomTo("page-fit"),
    "/": openSearch,
    // pages out of view have no text for the browser's own search
    "mod+f": openSearch,
  });
  useEffect(() => {
    const timer = setTimeout(() => showPageInHash(view.page), 400);
    return () => clearTimeout(timer);
  }, [view.page]);
  useEffect(() => {
    const onHash = () => {
      controller?.goTo(pageOfHash() ?? 1);
      const words = searchOfHash();
      if (words === null) return;
      setWanted(words);
      setSearching(true);
    };
    window.addEventListener("hashchange", onHash);
    return () => window.removeEventListener("hashchange", onHash);
  }, [controller]);

  return (
    <ViewerFrame
      label={t("toolbar")}
      toolbar={
        <>
          <IconButton
            label={hasThumbnails ? t("hideThumbnails") : t("showThumbnails")}
            icon={<PanelLeft />}
            aria-pressed={hasThumbnails}
            onClick={() => setThumbnails(!hasThumbnails)}
          />
          <PageField
            page={view.page}
            pageCount={view.pageCount}
            onGo={(page) => {
              controller?.goTo(page);
              box.current?.focus({ preventScroll: true });
            }}
          />
          <span className="mx-auto" />
          <ZoomControls
            scale={view.scale}
            fit={view.fit}
            onStep={(steps) => controller?.zoomBy(steps)}
            onZoom={(scale) => controller?.zoomTo(scale)}
          />
          <span className="mx-auto" />
          <IconButton label={t("search")} icon={<Search />} onClick={() => setSearching(true)} />
        </>
      }
      aside={
        hasThumbnails && <PdfThumbnails pdf={pdf} page={view.page} onGo={(page) => controller?.goTo(page)} />
      }
    >
      {/* pdf.js measures this box and needs it positioned; it scrolls, so the keyboard must reach it */}
      <div
        ref={attach}
        role="document"
        aria-label={t("label")}
        tabIndex={0}
        className="absolute inset-0 overflow-auto overscroll-contain outline-none"
      >
        <div className="pdfViewer" />
      </div>
      {isSearching && controller && (
        <PdfSearch
          key={wanted}
          controller={controller}
          wanted={wanted}
          find={view.find}
          onClose={() => {
            setSearching(false);
            setWanted(null);
            box.current?.focus({ preventScroll: true });
          }}
        />
      )}
    </ViewerFrame>
  );
}

function useView(controller: PdfController | null, pageCount: number): PdfView {
  const [start] = useState<PdfView>({
    page: 1,
    pageCount,
    scale: 1,
    fit: null,
    find: { current: 0, total: 0, isPending: false },
  });
  const subscribe = useCallback(
    (listener: () => void) => controller?.subscribe(listener) ?? (() => undefined),
    [controller],
  );
  return useSyncExternalStore(subscribe, () => controller?.getView() ?? start);
}
