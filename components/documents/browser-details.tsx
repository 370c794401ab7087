"use client";
import { X } from "lucide-react";
import { useTranslations } from "next-intl";
import { IconButton } from "#components/ui/icon-button.tsx";
import { Sheet } from "#components/ui/sheet.tsx";
import { useIsWide } from "#components/use-is-wide.ts";
import type { DocumentView } from "#lib/documents/schema.ts";
import { DetailsPanel } from "./details-panel.tsx";

interface BrowserDetailsProps {
  document: DocumentView | undefined;
  onClose: () => void;
}

/** Details of one document of a list: docked beside the list where there is room, over it where there is none. */
export function BrowserDetails({ document, onClose }: BrowserDetailsProps) {
  const t = useTranslations("document");
  const common = useTranslations("common");
  const isWide = useIsWide();
  if (!isWide)
    return (
      <Sheet
        isOpen={document !== undefined}
        onOpenChange={(isOpen) => !isOpen && onClose()}
        title={t("details")}
      >
        {document && <DetailsPanel document={document} hasPicture />}
      </Sheet>
    );
  return (
    document && (
      <aside
        aria-label={t("details")}
        className="border-line bg-surface sticky top-[calc(var(--spacing-topbar)+1rem)] flex max-h-[calc(100dvh-var(--spacing-topbar)-2rem)] w-72 shrink-0 flex-col rounded-md border xl:w-80"
      >
        <header className="border-line flex h-11 shrink-0 items-center justify-between gap-4 border-b pr-2 pl-5">
          <span className="truncate font-semibold">{t("details")}</span>
          <IconButton label={common("close")} icon={<X />} size="sm" hasTooltip={false} onClick={onClose} />
        </header>
        {/* a scrolling box must be reachable by keyboard */}
        <div tabIndex={0} className="min-h-0 overflow-y-auto rounded-b-md">
          <DetailsPanel document={document} hasPicture />
        </div>
      </aside>
    )
  );
}
