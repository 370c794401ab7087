"use client";
import { useTranslations } from "next-intl";
import { CollectionChooser } from "#components/collections/collection-chooser.tsx";
import { Dialog } from "#components/ui/dialog.tsx";
import type { DocumentView } from "#lib/documents/schema.ts";
import { useMove } from "./use-move.ts";

interface MoveDialogProps {
  documents: DocumentView[];
  onClose: () => void;
}

/** Asks where documents go, and moves them there. */
export function MoveDialog({ documents, onClose }: MoveDialogProps) {
  const t = useTranslations("document.move");
  const move = useMove();
  const places = new Set(documents.map(({ collectionId }) => collectionId));
  const [only] = places.size === 1 ? places : [];
  return (
    <Dialog
      isOpen
      onOpenChange={(isOpen) => !isOpen && onClose()}
      title={t("title", { count: documents.length, name: documents[0]?.name ?? "" })}
      description={t("text")}
      size="sm"
    >
      <CollectionChooser
        taken={only === undefined ? null : { id: only, label: t("here") }}
        onChoose={(collection) => {
          onClose();
          void move(documents, collection);
        }}
      />
    </Dialog>
  );
}
