"use client";
import { useInfiniteQuery } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import { type FormEvent, useId, useState } from "react";
import { collectionListQuery, useCreateCollection } from "#components/collections/queries.ts";
import { itemsOf } from "#components/list-pages.ts";
import { Button } from "#components/ui/button.tsx";
import { Dialog } from "#components/ui/dialog.tsx";
import { Field } from "#components/ui/field.tsx";
import { Input } from "#components/ui/input.tsx";
import { Select } from "#components/ui/select.tsx";
import { Skeleton } from "#components/ui/skeleton.tsx";
import { useErrorText } from "#components/use-error-text.ts";
import type { ChosenFile, Destination } from "./upload-item.ts";

const anew = "new";

interface DestinationDialogProps {
  files: ChosenFile[];
  onChoose: (collection: Destination) => void;
  onCancel: () => void;
}

/** The dropped folder's name, when everything came from one. */
function folderOf(files: ChosenFile[]): string {
  const roots = new Set(files.map(({ path }) => (path.includes("/") ? path.split("/", 1)[0]! : "")));
  return roots.size === 1 ? [...roots][0]! : "";
}

/** Asks which collection files go to, or makes a new one for them. */
export function DestinationDialog({ files, onChoose, onCancel }: DestinationDialogProps) {
  const t = useTranslations("upload.destination");
  const common = useTranslations("common");
  const textOf = useErrorText();
  const formId = useId();
  const { data, isPending } = useInfiniteQuery(collectionListQuery("all"));
  const writable = itemsOf(data).filter(({ abilities }) => abilities.canCreateDocuments);
  const [chosen, setChosen] = useState<string | null>(null);
  const [name, setName] = useState(() => folderOf(files));
  const create = useCreateCollection();
  const target = chosen ?? (name || writable.length === 0 ? anew : writable[0]!.id);

  function submit(event: FormEvent) {
    event.preventDefault();
    const known = writable.find(({ id }) => id === target);
    if (known) onChoose({ id: known.id, name: known.name });
    else if (name.trim()) create.mutate({ name: name.trim(), description: "" }, { onSuccess: onChoose });
  }
  return (
    <Dialog
      isOpen
      onOpenChange={(isOpen) => !isOpen && onCancel()}
      title={t("title", { count: files.length })}
      size="sm"
      footer={
        <>
          <Button onClick={onCancel}>{common("cancel")}</Button>
          <Button
            type="submit"
            form={formId}
            variant="primary"
            isBusy={create.isPending}
            disabled={isPending || (target === anew && !name.trim())}
          >
            {t("submit")}
          </Button>
        </>
      }
    >
      {isPending ? (
        <Skeleton className="h-8 w-full" />
      ) : (
        <form id={formId} onSubmit={submit} className="flex flex-col gap-4">
          {writable.length > 0 && (
            <Field label={t("collection")}>
              {(control) => (
                <Select
                  {...control}
                  className="w-full"
                  value={target}
                  onValueChange={setChosen}
                  options={[
                    { value: anew, label: t("new") },
                    ...writable.map((collection) => ({ value: collection.id, label: collection.name })),
                  ]}
                />
              )}
            </Field>
          )}
          {target === anew && (
            <Field label={t("name")} error={create.error && textOf(create.error)}>
              {(control) => (
                <Input
                  {...control}
                  value={name}
                  maxLength={120}
                  autoFocus
                  autoComplete="off"
                  onChange={(event) => setName(event.target.value)}
                />
              )}
            </Field>
          )}
        </form>
      )}
    </Dialog>
  );
}
