"use client";
import { Download, FolderInput, Info, PenLine, Share2, Trash2, UsersRound } from "lucide-react";
import { useTranslations } from "next-intl";
import type { ReactElement } from "react";
import { DropdownMenu, MenuItem, MenuSeparator } from "#components/ui/dropdown-menu.tsx";
import type { DocumentView } from "#lib/documents/schema.ts";
import type { DocumentActions } from "./document-menu.tsx";
import { useDownload } from "./use-download.ts";

interface DocumentMenuItemsProps {
  trigger: ReactElement;
  document: DocumentView;
  actions: DocumentActions;
}

/** The menu behind the button of a document. */
export function DocumentMenuItems({
  trigger,
  document,
  actions: { onRename, onTrash, onMove, onShare, onDetails },
}: DocumentMenuItemsProps) {
  const t = useTranslations("document");
  const common = useTranslations("common");
  const download = useDownload();
  return (
    <DropdownMenu trigger={trigger}>
      {onDetails && (
        <MenuItem onSelect={() => onDetails(document)}>
          <Info aria-hidden />
          {t("details")}
        </MenuItem>
      )}
      {onShare && (
        <MenuItem onSelect={() => onShare(document)}>
          {document.abilities.canShare ? <Share2 aria-hidden /> : <UsersRound aria-hidden />}
          {common(document.abilities.canShare ? "share" : "access")}
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
      {onMove && document.abilities.canMove && (
        <MenuItem onSelect={() => onMove([document])}>
          <FolderInput aria-hidden />
          {t("move.action")}
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
