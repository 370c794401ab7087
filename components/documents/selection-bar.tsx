"use client";
import { Download, FolderInput, Trash2, X } from "lucide-react";
import { useTranslations } from "next-intl";
import { Button } from "#components/ui/button.tsx";
import { IconButton } from "#components/ui/icon-button.tsx";
import type { DocumentView } from "#lib/documents/schema.ts";
import { useDownload } from "./use-download.ts";

interface SelectionBarProps {
  documents: DocumentView[];
  onMove: (documents: DocumentView[]) => void;
  onTrash: (documents: DocumentView[]) => void;
  onClear: () => void;
}

/** Floats over the list while something is selected: how many, and what can be done with them. */
export function SelectionBar({ documents, onMove, onTrash, onClear }: SelectionBarProps) {
  const t = useTranslations("document");
  const common = useTranslations("common");
  const download = useDownload();
  const movable = documents.filter(({ abilities }) => abilities.canMove);
  const deletable = documents.filter(({ abilities }) => abilities.canDelete);
  return (
    <div className="pointer-events-none fixed inset-x-0 bottom-4 z-30 flex justify-center px-3">
      <div
        role="toolbar"
        aria-label={t("selectionActions")}
        hidden={documents.length === 0}
        className="animate-rise-in border-line bg-surface shadow-float pointer-events-auto flex max-w-full items-center gap-1.5 rounded-lg border p-1.5 [&[hidden]]:hidden"
      >
        <IconButton label={t("clearSelection")} icon={<X />} onClick={onClear} />
        <span aria-live="polite" className="mr-2 font-medium whitespace-nowrap tabular-nums">
          {documents.length > 0 && t("selected", { count: documents.length })}
        </span>
        <Button onClick={() => void download(documents)}>
          <Download aria-hidden />
          <span className="max-sm:sr-only">{common("download")}</span>
        </Button>
        {movable.length > 0 && (
          <Button onClick={() => onMove(movable)}>
            <FolderInput aria-hidden />
            <span className="max-sm:sr-only">
              {movable.length === documents.length
                ? t("move.action")
                : t("move.some", { count: movable.length })}
            </span>
          </Button>
        )}
        {deletable.length > 0 && (
          <Button onClick={() => onTrash(deletable)}>
            <Trash2 aria-hidden />
            <span className="max-sm:sr-only">
              {deletable.length === documents.length
                ? t("toTrash")
                : t("someToTrash", { count: deletable.length })}
            </span>
          </Button>
        )}
      </div>
    </div>
  );
}
