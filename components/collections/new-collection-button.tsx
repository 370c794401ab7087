"use client";
import { Plus } from "lucide-react";
import { useTranslations } from "next-intl";
import { useState } from "react";
import { lazyPart } from "#components/lazy-part.tsx";
import { Button } from "#components/ui/button.tsx";
import type { ButtonVariant } from "#components/ui/button-class.ts";
import { useHotkeys } from "#components/use-hotkeys.ts";

const CreateCollectionDialog = lazyPart(() =>
  import("./create-collection-dialog.tsx").then((module) => module.CreateCollectionDialog),
);

/** The dialog for a new collection behind the key `c`, for pages that show no button for it. */
export function NewCollectionHotkey() {
  const [isOpen, setOpen] = useState(false);
  useHotkeys({
    c: (event) => {
      // the letter would land in the field that is about to have the focus
      event.preventDefault();
      setOpen(true);
    },
  });
  return isOpen && <CreateCollectionDialog onClose={() => setOpen(false)} />;
}

/** Opens the dialog for a new collection; so does the key `c`. */
export function NewCollectionButton({
  variant = "secondary",
  hasWords = false,
}: {
  variant?: ButtonVariant;
  /** The words stay on narrow windows, too. */
  hasWords?: boolean;
}) {
  const t = useTranslations("collection.create");
  const [isOpen, setOpen] = useState(false);
  return (
    <>
      <Button variant={variant} onClick={() => setOpen(true)}>
        <Plus aria-hidden />
        <span className={hasWords ? undefined : "max-sm:sr-only"}>{t("title")}</span>
      </Button>
      {isOpen ? <CreateCollectionDialog onClose={() => setOpen(false)} /> : <NewCollectionHotkey />}
    </>
  );
}
