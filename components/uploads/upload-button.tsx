"use client";
import { Upload } from "lucide-react";
import { useTranslations } from "next-intl";
import { useRef } from "react";
import { lazyPart } from "#components/lazy-part.tsx";
import { Button } from "#components/ui/button.tsx";
import type { ButtonVariant } from "#components/ui/button-class.ts";
import { MenuButton } from "#components/ui/menu-button.tsx";
import { useHotkeys } from "#components/use-hotkeys.ts";
import { fromList } from "./read-drop.ts";
import type { Destination } from "./upload-item.ts";
import { proposeUpload } from "./propose-upload.ts";

const Items = lazyPart(() => import("./upload-menu-items.tsx").then((module) => module.UploadMenuItems));

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
    proposeUpload(fromList(input.files ?? []), collection);
    // so that choosing the same file again is noticed
    input.value = "";
  };
  return (
    <>
      <MenuButton
        trigger={
          <Button variant={variant}>
            <Upload aria-hidden />
            <span className={hasWords ? undefined : "max-sm:sr-only"}>{t("upload")}</span>
          </Button>
        }
        load={Items.load}
      >
        {(trigger) => (
          <Items
            trigger={trigger}
            onFiles={() => files.current?.click()}
            onFolder={() => folder.current?.click()}
          />
        )}
      </MenuButton>
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
