"use client";
import { useTranslations } from "next-intl";
import { type FormEvent, useId } from "react";
import { Button } from "#components/ui/button.tsx";
import { Dialog } from "#components/ui/dialog.tsx";
import type { GrantView } from "#lib/sharing/schema.ts";
import { EndField, useEnd } from "./end-field.tsx";
import { grantName } from "./grant-row.tsx";

interface EndDialogProps {
  grant: GrantView;
  onClose: () => void;
  /** Called with the chosen end, as ISO 8601 or null for none. */
  onChoose: (expiresAt: string | null) => void;
}

/** Asks when somebody's access ends. */
export function EndDialog({ grant, onClose, onChoose }: EndDialogProps) {
  const t = useTranslations("share");
  const common = useTranslations("common");
  const formId = useId();
  const end = useEnd(grant.expiresAt);
  function submit(event: FormEvent) {
    event.preventDefault();
    const expiresAt = end.read();
    if (expiresAt !== undefined) onChoose(expiresAt);
  }
  return (
    <Dialog
      isOpen
      onOpenChange={(isOpen) => !isOpen && onClose()}
      title={t("endTitle", { name: grantName(grant) })}
      size="sm"
      footer={
        <>
          <Button onClick={onClose}>{common("cancel")}</Button>
          <Button type="submit" form={formId} variant="primary">
            {common("save")}
          </Button>
        </>
      }
    >
      <form
        id={formId}
        onSubmit={submit}
        noValidate
        className="flex flex-wrap items-center gap-x-2 gap-y-1 py-1"
      >
        <EndField {...end.field} isFirst />
      </form>
    </Dialog>
  );
}
