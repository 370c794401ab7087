import type { PDFDocumentProxy } from "pdfjs-dist";
import type { EventBus, PDFViewer } from "pdfjs-dist/web/pdf_viewer.mjs";
import type { PdfEngine } from "./pdf-engine.ts";

/** `auto` is as wide as there is room, but not much larger than on paper. */
export type PdfFit = "auto" | "page-width" | "page-fit";
const fits: readonly PdfFit[] = ["auto", "page-width", "page-fit"];

export interface PdfView {
  page: number;
  pageCount: number;
  /** 1 is the size on paper. */
  scale: number;
  fit: PdfFit | null;
  find: { current: number; total: number; isPending: boolean };
}

interface ControllerOptions {
  engine: PdfEngine;
  pdf: PDFDocumentProxy;
  /** Positioned absolutely, scrolls, and holds one `div` for the pages. */
  container: HTMLDivElement;
  initialPage: number;
  labelOf: (page: number) => string;
}

/** Beyond this a page is larger than any screen is worth, and its canvas than a phone's memory. */
const maxCanvasPixels = 2 ** 24;
const scaleBounds = { min: 0.1, max: 8 };
const zoomStep = 1.2;

/** pdf.js' page viewer behind the few things this interface needs: state to subscribe to, and verbs. */
export class PdfController {
  #view: PdfView;
  #listeners = new Set<() => void>();
  #abort = new AbortController();
  #bus: EventBus;
  #viewer: PDFViewer;

  constructor({ engine, pdf, container, initialPage, labelOf }: ControllerOptions) {
    const { EventBus, LinkTarget, PDFFindController, PDFLinkService, PDFViewer } = engine.viewer;
    this.#bus = new EventBus();
    this.#view = {
      page: initialPage,
      pageCount: pdf.numPages,
      scale: 1,
      fit: "auto",
      find: { current: 0, total: 0, isPending: false },
    };
    const linkService = new PDFLinkService({
      eventBus: this.#bus,
      externalLinkTarget: LinkTarget.BLANK,
      externalLinkRel: "noopener noreferrer nofollow",
    });
    const findController = new PDFFindController({ eventBus: this.#bus, linkService });
    // eslint-disable-next-line @typescript-eslint/consistent-type-assertions -- its types demand what it does without
    this.#viewer = new PDFViewer({
      container,
      eventBus: this.#bus,
      linkService,
      findController,
      // links work; forms and scripts of documents do not
      annotationMode: engine.pdfjs.AnnotationMode.ENABLE,
      annotationEditorMode: engine.pdfjs.AnnotationEditorType.DISABLE,
      maxCanvasPixels,
      enableSelectionRendering: false,
      // labels are given below, in the reader's language
      l10n: silentL10n,
      abortSignal: this.#abort.signal,
    } as unknown as ConstructorParameters<typeof PDFViewer>[0]);
    linkService.setViewer(this.#viewer);
    this.#listen(container, { initialPage, labelOf });
    linkService.setDocument(pdf, null);
    this.#viewer.setDocument(pdf);
  }

  #listen(
    container: HTMLDivElement,
    { initialPage, labelOf }: Pick<ControllerOptions, "initialPage" | "labelOf">,
  ): void {
    const { signal } = this.#abort;
    this.#bus.on("pagesinit", () => {
      this.#viewer.currentScaleValue = "auto";
      if (initialPage > 1) this.goTo(initialPage);
      for (const page of container.querySelectorAll<HTMLElement>(".page"))
        page.setAttribute("aria-label", labelOf(Number(page.dataset.pageNumber)));
    });
    this.#bus.on("pagechanging", ({ pageNumber }: { pageNumber: number }) => this.#set({ page: pageNumber }));
    this.#bus.on("scalechanging", ({ scale, presetValue }: { scale: number; presetValue?: string }) =>
      this.#set({
        scale,
        fit: fits.find((fit) => fit === presetValue) ?? null,
      }),
    );
    const onMatches = ({
      matchesCount,
      state,
    }: {
      matchesCount: { current: number; total: number };
      state?: number;
    }) =>
      this.#set({
        // 3 is pdf.js' "pending"
        find: { ...matchesCount, isPending: state === undefined ? this.#view.find.isPending : state === 3 },
      });
    this.#bus.on("updatefindmatchescount", onMatches);
    this.#bus.on("updatefindcontrolstate", onMatches);
    container.addEventListener(
      "wheel",
      (event) => {
        // pinching on a touchpad arrives as a wheel with Ctrl
        if (!event.ctrlKey && !event.metaKey) return;
        event.preventDefault();
        // eslint-disable-next-line @typescript-eslint/consistent-type-assertions -- its types demand what it does without
        this.#viewer.updateScale({
          scaleFactor: Math.exp(-event.deltaY / 300),
          drawingDelay: 300,
          origin: [event.clientX, event.clientY],
        } as never);
      },
      { passive: false, signal },
    );
    // a fitted page stays fitted when panels open or the window changes
    const observer = new ResizeObserver(() => {
      if (this.#view.fit) this.#viewer.currentScaleValue = this.#view.fit;
    });
    observer.observe(container);
    signal.addEventListener("abort", () => observer.disconnect());
  }

  subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };
  getView = (): PdfView => this.#view;

  goTo(page: number): void {
    const target = Math.min(this.#view.pageCount, Math.max(1, page));
    this.#viewer.scrollPageIntoView({ pageNumber: target });
  }
  zoomBy(steps: number): void {
    const scale = this.#view.scale * zoomStep ** steps;
    this.#viewer.currentScale = Math.min(scaleBounds.max, Math.max(scaleBounds.min, scale));
  }
  zoomTo(scale: number | PdfFit): void {
    this.#viewer.currentScaleValue = String(scale);
  }
  /** Marks all matches and goes to the first; with the same text again to the next or previous one. */
  find(query: string, { isAgain = false, isBackwards = false } = {}): void {
    this.#bus.dispatch("find", {
      source: this,
      type: isAgain ? "again" : "",
      query,
      caseSensitive: false,
      entireWord: false,
      highlightAll: true,
      findPrevious: isBackwards,
      matchDiacritics: false,
    });
  }
  closeFind(): void {
    this.#bus.dispatch("findbarclose", { source: this });
    this.#set({ find: { current: 0, total: 0, isPending: false } });
  }
  /** Ends rendering under way. The document itself is closed by who opened it. */
  dispose(): void {
    this.#abort.abort();
    this.#listeners.clear();
    // eslint-disable-next-line @typescript-eslint/consistent-type-assertions -- its types demand what it does without
    this.#viewer.setDocument(null as never);
    this.#viewer.cleanup();
  }

  #set(change: Partial<PdfView>): void {
    this.#view = { ...this.#view, ...change };
    for (const listener of this.#listeners) listener();
  }
}

const silentL10n = {
  pause: () => undefined,
  resume: () => undefined,
  translate: () => Promise.resolve(),
  get: () => Promise.resolve(""),
  getLanguage: () => "en",
  getDirection: () => "ltr",
};
