"use client";
import { useTranslations } from "next-intl";
import { type FormEvent, useId, useState } from "react";
import { ApiError } from "#components/api.ts";
import { Button } from "#components/ui/button.tsx";
import { Dialog } from "#components/ui/dialog.tsx";
import { Field } from "#components/ui/field.tsx";
import { Input } from "#components/ui/input.tsx";
import { ConflictDialog } from "#components/ui/conflict-dialog.tsx";
import { useErrorText } from "#components/use-error-text.ts";
import type { DocumentView } from "#lib/documents/schema.ts";
import { readCurrent } from "./read-current.ts";
import { useRenameDocument } from "./queries.ts";

interface RenameDialogProps {
  document: DocumentView;
  onClose: () => void;
}

/** Selects the name without its extension, which people mean to keep. */
function selectStem(input: HTMLInputElement | null): void {
  if (!input) return;
  const dot = input.value.lastIndexOf(".");
  input.focus();
  input.setSelectionRange(0, dot > 0 ? dot : input.value.length);
}

/** Renames a document; when somebody else did so meanwhile, shows both names. */
export function RenameDialog({ document, onClose }: RenameDialogProps) {
  const t = useTranslations("document");
  const common = useTranslations("common");
  const textOf = useErrorText();
  const formId = useId();
  const [name, setName] = useState(document.name);
  const [theirs, setTheirs] = useState<DocumentView | null>(null);
  const rename = useRenameDocument(document.id);

  function save(version: number) {
    rename.mutate(
      { version, name: name.trim() },
      {
        onSuccess: onClose,
        onError: async (error) => {
          if (error instanceof ApiError && error.code === "conflict")
            setTheirs(await readCurrent(error, document.id));
        },
      },
    );
  }
  function submit(event: FormEvent) {
    event.preventDefault();
    if (name.trim() === document.name) onClose();
    else if (name.trim()) save(document.version);
  }
  if (theirs) {
    return (
      <ConflictDialog
        fields={[{ label: t("name"), mine: name.trim(), theirs: theirs.name }]}
        isBusy={rename.isPending}
        error={
          rename.error && !(rename.error instanceof ApiError && rename.error.code === "conflict")
            ? textOf(rename.error)
            : null
        }
        onKeepTheirs={onClose}
        onOverwrite={() => save(theirs.version)}
        onReview={() => setTheirs(null)}
      />
    );
  }
  return (
    <Dialog
      isOpen
      onOpenChange={(isOpen) => !isOpen && onClose()}
      title={t("renameTitle")}
      size="sm"
      footer={
        <>
          <Button onClick={onClose}>{common("cancel")}</Button>
          <Button
            type="submit"
            form={formId}
            variant="primary"
            isBusy={rename.isPending}
            disabled={!name.trim()}
          >
            {common("rename")}
          </Button>
        </>
      }
    >
      <form id={formId} onSubmit={submit}>
        <Field label={t("name")} error={rename.error && textOf(rename.error)}>
          {(control) => (
            <Input
              {...control}
              ref={selectOnce}
              value={name}
              maxLength={255}
              autoComplete="off"
              onChange={(event) => setName(event.target.value)}
            />
          )}
        </Field>
      </form>
    </Dialog>
  );
}

/** A ref of stable identity, so that it runs when the field appears and not at each key. */
const selectOnce = (input: HTMLInputElement | null): void => {
  requestAnimationFrame(() => selectStem(input));
};
