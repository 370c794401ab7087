"use client";
import { useTranslations } from "next-intl";
import { Dialog } from "#components/ui/dialog.tsx";
import type { CollectionView } from "#lib/collections/schema.ts";
import { TransferSection } from "./transfer-section.tsx";

interface TransferDialogProps {
  collection: CollectionView;
  isOpen: boolean;
  onOpenChange: (isOpen: boolean) => void;
}

/** `TransferSection` in a layer of its own. */
export function TransferDialog({ collection, isOpen, onOpenChange }: TransferDialogProps) {
  const t = useTranslations("ownership.offer");
  return (
    <Dialog
      isOpen={isOpen}
      onOpenChange={onOpenChange}
      title={t("title", { name: collection.name })}
      description={t("description")}
    >
      <TransferSection collection={collection} />
    </Dialog>
  );
}
