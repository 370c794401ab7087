"use client";
import { useTranslations } from "next-intl";
import { type FormEvent, useId, useState } from "react";
import { ApiError } from "#components/api-error.ts";
import { call } from "#components/call.ts";
import { Button } from "#components/ui/button.tsx";
import { ConflictDialog } from "#components/ui/conflict-dialog.tsx";
import { Dialog } from "#components/ui/dialog.tsx";
import { Field } from "#components/ui/field.tsx";
import { Input } from "#components/ui/input.tsx";
import { useErrorText } from "#components/use-error-text.ts";
import { getDocument } from "#lib/documents/api.ts";
import type { DocumentView } from "#lib/documents/schema.ts";
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
  /** The document as it was when this began, or as a conflict showed it: what is open may be replaced meanwhile. */
  const [seen, setSeen] = useState(document);
  const [theirs, setTheirs] = useState<DocumentView | null>(null);
  const rename = useRenameDocument(document.id);

  function save(over: DocumentView) {
    rename.mutate(
      { version: over.version, name: name.trim() },
      {
        onSuccess: onClose,
        onError: async (error) => {
          if (!(error instanceof ApiError) || error.code !== "conflict") return;
          const current = await call(getDocument, { params: { id: document.id } });
          // something else changed, or they wrote the same: nothing for people to decide
          if (current.name === over.name || current.name === name.trim()) save(current);
          else setTheirs(current);
        },
      },
    );
  }
  function submit(event: FormEvent) {
    event.preventDefault();
    if (name.trim() === seen.name) onClose();
    else if (name.trim()) save(seen);
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
        onOverwrite={() => save(theirs)}
        onReview={() => {
          setSeen(theirs);
          setTheirs(null);
          rename.reset();
        }}
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
