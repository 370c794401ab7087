"use client";
import { useQueryClient, useSuspenseQuery } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import { useAccountChecks } from "#components/accounts/use-account-checks.ts";
import { useForm } from "#components/accounts/use-form.tsx";
import { call } from "#components/call.ts";
import { Field } from "#components/ui/field.tsx";
import { Input } from "#components/ui/input.tsx";
import { notify } from "#components/ui/toast.tsx";
import { changeEmail } from "#lib/accounts/api.ts";
import { type DialogState, FormDialog } from "./form-dialog.tsx";
import { ProofFields, useProof } from "./proof-fields.tsx";
import { sessionsKey, settingsQuery } from "./queries.ts";

/** Asks for the new address and proof of oneself. The answer does not tell whether the address is taken. */
export function ChangeEmailDialog(dialog: DialogState) {
  const t = useTranslations("settings.email");
  const checks = useAccountChecks();
  const client = useQueryClient();
  const proof = useProof();
  const { isMailConfigured } = useSuspenseQuery(settingsQuery()).data;
  const form = useForm({
    initial: { email: "", ...proof.initial },
    check: (field, value) => (field === "email" ? checks.email(value) : proof.check(field, value)),
    async onSubmit({ email, ...values }) {
      const body = { email: email.trim(), ...proof.bodyOf(values) };
      const answer = await call(changeEmail, { body });
      notify.done(t(answer.isConfirmationNeeded ? "asked" : "changed", { email: answer.email }));
      dialog.onOpenChange(false);
      void client.invalidateQueries({ queryKey: settingsQuery().queryKey });
      void client.invalidateQueries({ queryKey: sessionsKey });
    },
  });
  return (
    <FormDialog
      {...dialog}
      title={t("title")}
      description={t(isMailConfigured ? "description" : "descriptionAtOnce")}
      submit={t("submit")}
      form={form}
    >
      <Field label={t("new")} error={form.errorOf("email")}>
        {(control) => (
          <Input {...control} {...form.inputProps("email")} type="email" autoComplete="email" autoFocus />
        )}
      </Field>
      <ProofFields form={form} needsCode={proof.needsCode} />
    </FormDialog>
  );
}
