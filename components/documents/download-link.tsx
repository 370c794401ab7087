"use client";
import { Download } from "lucide-react";
import { useTranslations } from "next-intl";
import { buttonClass, type ButtonVariant } from "#components/ui/button-class.ts";
import { downloadPath } from "./queries.ts";
import { useDownload } from "./use-download.ts";

interface DownloadLinkProps {
  documentId: string;
  variant?: ButtonVariant;
  /** Only the icon is shown on small windows. */
  isShort?: boolean;
}

/** To a document's file, as a button; says so when it is refused. */
export function DownloadLink({ documentId, variant, isShort = false }: DownloadLinkProps) {
  const common = useTranslations("common");
  const download = useDownload();
  return (
    <a
      href={downloadPath(documentId)}
      download
      onClick={(event) => {
        // a new tab or a file beside this page is the browser's own
        if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
        event.preventDefault();
        void download([{ id: documentId }]);
      }}
      className={buttonClass({ variant })}
    >
      <Download aria-hidden />
      <span className={isShort ? "max-sm:sr-only" : undefined}>{common("download")}</span>
    </a>
  );
}
