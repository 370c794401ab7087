"use client";
import { useTranslations } from "next-intl";
import { useRouter } from "next/navigation";
import { type FormEvent, useId, useState } from "react";
import { Button } from "#components/ui/button.tsx";
import { Dialog } from "#components/ui/dialog.tsx";
import { Field } from "#components/ui/field.tsx";
import { Input } from "#components/ui/input.tsx";
import { Textarea } from "#components/ui/textarea.tsx";
import { useErrorText } from "#components/use-error-text.ts";
import { useCreateGroup } from "./queries.ts";

/** Makes a group and opens it, where people are added. */
export function CreateGroupDialog({ onClose }: { onClose: () => void }) {
  const t = useTranslations("groups");
  const common = useTranslations("common");
  const textOf = useErrorText();
  const router = useRouter();
  const formId = useId();
  const [name, setName] = useState("");
  const [description, setDescription] = useState("");
  const create = useCreateGroup();

  function submit(event: FormEvent) {
    event.preventDefault();
    if (!name.trim() || create.isPending) return;
    create.mutate(
      { name: name.trim(), description: description.trim() },
      { onSuccess: ({ id }) => router.push(`/settings/groups/${id}`) },
    );
  }
  return (
    <Dialog
      isOpen
      onOpenChange={(isOpen) => !isOpen && onClose()}
      title={t("createTitle")}
      size="sm"
      footer={
        <>
          <Button onClick={onClose}>{common("cancel")}</Button>
          <Button
            type="submit"
            form={formId}
            variant="primary"
            isBusy={create.isPending || create.isSuccess}
            disabled={!name.trim()}
          >
            {common("create")}
          </Button>
        </>
      }
    >
      <form id={formId} onSubmit={submit} className="flex flex-col gap-4">
        <Field label={t("name")} error={create.error && textOf(create.error)}>
          {(control) => (
            <Input
              {...control}
              value={name}
              maxLength={80}
              data-autofocus
              autoComplete="off"
              placeholder={t("namePlaceholder")}
              onChange={(event) => {
                setName(event.target.value);
                if (create.isError) create.reset();
              }}
            />
          )}
        </Field>
        <Field
          label={
            <>
              {t("description")} <span className="text-ink-muted font-normal">({common("optional")})</span>
            </>
          }
        >
          {(control) => (
            <Textarea
              {...control}
              value={description}
              maxLength={500}
              onChange={(event) => setDescription(event.target.value)}
            />
          )}
        </Field>
      </form>
    </Dialog>
  );
}
