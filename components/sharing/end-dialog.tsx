"use client";
import { useTranslations } from "next-intl";
import { type FormEvent, useId, useRef, useState } from "react";
import { Button } from "#components/ui/button.tsx";
import { Dialog } from "#components/ui/dialog.tsx";
import { Field } from "#components/ui/field.tsx";
import { Input } from "#components/ui/input.tsx";
import type { GrantView } from "#lib/sharing/schema.ts";
import { endProblem, expiryOf, today } from "./expiry.ts";
import { grantName } from "./grant-row.tsx";

interface EndDialogProps {
  grant: GrantView;
  onClose: () => void;
  /** Called with the end of the chosen day, as ISO 8601. */
  onChoose: (expiresAt: string | null) => void;
}

/** Asks for the last day of somebody's access. */
export function EndDialog({ grant, onClose, onChoose }: EndDialogProps) {
  const t = useTranslations("share");
  const common = useTranslations("common");
  const formId = useId();
  const field = useRef<HTMLInputElement>(null);
  const [day, setDay] = useState(grant.expiresAt ? today(new Date(grant.expiresAt)) : "");
  const [isChecked, setChecked] = useState(false);
  const problem = isChecked ? endProblem("date", day) : null;
  function submit(event: FormEvent) {
    event.preventDefault();
    if (endProblem("date", day)) {
      setChecked(true);
      field.current?.focus();
    } else onChoose(expiryOf("date", day));
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
            {t("setEnd")}
          </Button>
        </>
      }
    >
      <form id={formId} onSubmit={submit} noValidate className="pt-1">
        <Field label={t("endDate")} isLabelHidden error={problem && t(problem)}>
          {(control) => (
            <Input
              {...control}
              ref={field}
              data-autofocus
              type="date"
              min={today()}
              value={day}
              onChange={(event) => setDay(event.target.value)}
            />
          )}
        </Field>
      </form>
    </Dialog>
  );
}
