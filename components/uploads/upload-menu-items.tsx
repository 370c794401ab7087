"use client";
import { FileUp, FolderUp } from "lucide-react";
import { useTranslations } from "next-intl";
import type { ReactElement } from "react";
import { DropdownMenu, MenuItem } from "#components/ui/dropdown-menu.tsx";

interface UploadMenuItemsProps {
  trigger: ReactElement;
  onFiles: () => void;
  onFolder: () => void;
}

/** The menu behind the button for uploads: files, or a folder with all that is in it. */
export function UploadMenuItems({ trigger, onFiles, onFolder }: UploadMenuItemsProps) {
  const t = useTranslations("upload");
  return (
    <DropdownMenu trigger={trigger}>
      <MenuItem onSelect={onFiles}>
        <FileUp aria-hidden />
        {t("chooseFiles")}
      </MenuItem>
      <MenuItem onSelect={onFolder}>
        <FolderUp aria-hidden />
        {t("chooseFolder")}
      </MenuItem>
    </DropdownMenu>
  );
}
