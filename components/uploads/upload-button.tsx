"use client";
import { FileUp, FolderUp, Upload } from "lucide-react";
import { useTranslations } from "next-intl";
import { useRef } from "react";
import { Button } from "#components/ui/button.tsx";
import type { ButtonVariant } from "#components/ui/button-class.ts";
import { DropdownMenu, MenuItem } from "#components/ui/dropdown-menu.tsx";
import { useHotkeys } from "#components/use-hotkeys.ts";
import { fromList } from "./read-drop.ts";
import type { Destination } from "./upload-item.ts";
import { uploadQueue } from "./upload-queue.ts";

interface UploadButtonProps {
  /** Where the files go; null asks. */
  collection: Destination | null;
  variant?: ButtonVariant;
  /** Whether `u` presses it; one per page. */
  hasHotkey?: boolean;
  /** The words stay on narrow windows, too. */
  hasWords?: boolean;
}

/** Chooses files or a folder to upload. */
export function UploadButton({
  collection,
  variant = "secondary",
  hasHotkey = false,
  hasWords = false,
}: UploadButtonProps) {
  const t = useTranslations("upload");
  const files = useRef<HTMLInputElement>(null);
  const folder = useRef<HTMLInputElement>(null);
  useHotkeys({ u: () => files.current?.click() }, hasHotkey);
  const take = (input: HTMLInputElement) => {
    uploadQueue.propose(fromList(input.files ?? []), collection);
    // so that choosing the same file again is noticed
    input.value = "";
  };
  return (
    <>
      <DropdownMenu
        trigger={
          <Button variant={variant}>
            <Upload aria-hidden />
            <span className={hasWords ? undefined : "max-sm:sr-only"}>{t("upload")}</span>
          </Button>
        }
      >
        <MenuItem onSelect={() => files.current?.click()}>
          <FileUp aria-hidden />
          {t("chooseFiles")}
        </MenuItem>
        <MenuItem onSelect={() => folder.current?.click()}>
          <FolderUp aria-hidden />
          {t("chooseFolder")}
        </MenuItem>
      </DropdownMenu>
      <input
        ref={files}
        type="file"
        multiple
        hidden
        aria-label={t("chooseFiles")}
        onChange={(event) => take(event.currentTarget)}
      />
      <input
        ref={folder}
        type="file"
        multiple
        hidden
        aria-label={t("chooseFolder")}
        {...{ webkitdirectory: "" }}
        onChange={(event) => take(event.currentTarget)}
      />
    </>
  );
}
