"use client";
import { FileWarning } from "lucide-react";
import { useTranslations } from "next-intl";
import { ErrorState } from "#components/ui/error-state.tsx";
import type { ViewedDocument } from "./document-source.ts";
import { PasswordForm } from "./password-form.tsx";
import { PdfReader } from "./pdf-reader.tsx";
import { usePdf } from "./use-pdf.ts";
import { ViewerLoading } from "./viewer-loading.tsx";
import { ViewerMessage } from "./viewer-message.tsx";

/** A PDF: opened, unlocked if need be, and read. */
export function PdfViewer({ document }: { document: ViewedDocument }) {
  const t = useTranslations("document.viewer");
  const { state, retry } = usePdf(document);
  switch (state.phase) {
    case "loading":
      return <ViewerLoading />;
    case "password":
      return <PasswordForm isWrong={state.isWrong} onEnter={state.enter} />;
    case "ready":
      return <PdfReader pdf={state.pdf} engine={state.engine} />;
    case "damaged":
      return (
        <ViewerMessage
          documentId={document.id}
          icon={<FileWarning />}
          title={t("damaged.title")}
          text={t("damaged.text")}
        />
      );
    case "failed":
      return (
        <div className="grid h-full place-items-center">
          <ErrorState error={state.error} title={t("failed")} onRetry={retry} />
        </div>
      );
  }
}
