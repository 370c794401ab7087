"use client";
import { Download, Info, MoreHorizontal, PenLine, Share2, Trash2 } from "lucide-react";
import { useTranslations } from "next-intl";
import { DropdownMenu, MenuItem, MenuSeparator } from "#components/ui/dropdown-menu.tsx";
import { IconButton } from "#components/ui/icon-button.tsx";
import type { DocumentView } from "#lib/documents/schema.ts";
import { useDownload } from "./use-download.ts";

export interface DocumentActions {
  onRename: (document: DocumentView) => void;
  onTrash: (documents: DocumentView[]) => void;
  onShare?: (document: DocumentView) => void;
  onDetails?: (document: DocumentView) => void;
}

/** What can be done with one document; only what its reader may do is offered. */
export function DocumentMenu({
  document,
  actions: { onRename, onTrash, onShare, onDetails },
  className,
}: {
  document: DocumentView;
  actions: DocumentActions;
  className?: string;
}) {
  const t = useTranslations("document");
  const common = useTranslations("common");
  const download = useDownload();
  return (
    <DropdownMenu
      trigger={
        <IconButton
          label={t("actionsOf", { name: document.name })}
          icon={<MoreHorizontal />}
          size="sm"
          hasTooltip={false}
          className={className}
        />
      }
    >
      {onDetails && (
        <MenuItem onSelect={() => onDetails(document)}>
          <Info aria-hidden />
          {t("details")}
        </MenuItem>
      )}
      {onShare && (
        <MenuItem onSelect={() => onShare(document)}>
          <Share2 aria-hidden />
          {t("share")}
        </MenuItem>
      )}
      <MenuItem onSelect={() => void download([document])}>
        <Download aria-hidden />
        {common("download")}
      </MenuItem>
      {document.abilities.canEdit && (
        <MenuItem onSelect={() => onRename(document)}>
          <PenLine aria-hidden />
          {common("rename")}
        </MenuItem>
      )}
      {document.abilities.canDelete && (
        <>
          <MenuSeparator />
          <MenuItem isDangerous onSelect={() => onTrash([document])}>
            <Trash2 aria-hidden />
            {t("toTrash")}
          </MenuItem>
        </>
      )}
    </DropdownMenu>
  );
}
