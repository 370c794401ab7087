"use client";
import type { PDFDocumentProxy } from "pdfjs-dist";
import { useCallback, useEffect, useState } from "react";
import { ContentSource } from "./content-source.ts";
import { useDocumentSource, type ViewedDocument } from "./document-source.ts";
import { openPdf } from "./open-pdf.ts";
import { loadPdfEngine, type PdfEngine } from "./pdf-engine.ts";

export type PdfState =
  | { phase: "loading" }
  | { phase: "password"; isWrong: boolean; enter: (password: string) => void }
  | { phase: "ready"; pdf: PDFDocumentProxy; engine: PdfEngine }
  | { phase: "damaged" }
  | { phase: "failed"; error: unknown };

/** Opens a PDF and keeps it open while the component is there. */
export function usePdf({ id, sizeBytes }: Pick<ViewedDocument, "id" | "sizeBytes">): {
  state: PdfState;
  retry: () => void;
} {
  const [state, setState] = useState<PdfState>({ phase: "loading" });
  const [attempt, setAttempt] = useState(0);
  const source = useDocumentSource();
  useEffect(() => {
    const abort = new AbortController();
    const { signal } = abort;
    const tell = (next: PdfState) => {
      if (!signal.aborted) setState(next);
    };
    const open = async () => {
      const engine = await loadPdfEngine();
      const task = await openPdf(engine, {
        source: new ContentSource(id, source),
        sizeBytes,
        signal,
        onBroken: (error) => tell({ phase: "failed", error }),
      });
      signal.addEventListener("abort", () => void task.destroy());
      if (signal.aborted) return task.destroy();
      task.onPassword = (enter: (password: string) => void, reason: number) =>
        tell({
          phase: "password",
          isWrong: reason === engine.pdfjs.PasswordResponses.INCORRECT_PASSWORD,
          enter,
        });
      tell({ phase: "ready", pdf: await task.promise, engine });
    };
    open().catch((error: unknown) => {
      const isDamaged = error instanceof Error && ["InvalidPDFException", "FormatError"].includes(error.name);
      tell(isDamaged ? { phase: "damaged" } : { phase: "failed", error });
    });
    return () => abort.abort();
  }, [id, sizeBytes, source, attempt]);
  const retry = useCallback(() => {
    setState({ phase: "loading" });
    setAttempt((count) => count + 1);
  }, []);
  return { state, retry };
}
