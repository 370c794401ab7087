"use client";
import { useTranslations } from "next-intl";
import { type ReactNode, useId } from "react";
import { FormMessage } from "#components/accounts/auth-frame.tsx";
import type { useForm } from "#components/accounts/use-form.tsx";
import { Button } from "#components/ui/button.tsx";
import { Dialog } from "#components/ui/dialog.tsx";

export interface DialogState {
  isOpen: boolean;
  onOpenChange: (isOpen: boolean) => void;
}

interface FormDialogProps extends DialogState {
  title: ReactNode;
  description?: ReactNode;
  submit: string;
  isDangerous?: boolean;
  form: Pick<ReturnType<typeof useForm<never>>, "formProps" | "failure" | "isBusy">;
  children: ReactNode;
}

/** A dialog that is one form, with its buttons at the foot. */
export function FormDialog({ submit, isDangerous, form, children, ...dialog }: FormDialogProps) {
  const common = useTranslations("common");
  const formId = useId();
  return (
    <Dialog
      {...dialog}
      footer={
        <>
          <Button onClick={() => dialog.onOpenChange(false)}>{common("cancel")}</Button>
          <Button
            type="submit"
            form={formId}
            variant={isDangerous ? "danger" : "primary"}
            isBusy={form.isBusy}
          >
            {submit}
          </Button>
        </>
      }
    >
      <form {...form.formProps} id={formId} className="flex flex-col gap-4">
        {form.failure && <FormMessage tone="danger">{form.failure}</FormMessage>}
        {children}
      </form>
    </Dialog>
  );
}
