"use client";
import { useTranslations } from "next-intl";
import { useState } from "react";
import { call } from "#components/call.ts";
import { Button } from "#components/ui/button.tsx";
import { Field } from "#components/ui/field.tsx";
import { Input } from "#components/ui/input.tsx";
import { requestPasswordReset } from "#lib/accounts/api.ts";
import { AuthHeading, FormMessage, TextLink } from "./auth-frame.tsx";
import { useAccountChecks } from "./use-account-checks.ts";
import { addressOfDone, type SentForm, useForm } from "./use-form.tsx";

export function ForgotPasswordForm(sent: SentForm) {
  const t = useTranslations("auth");
  const checks = useAccountChecks();
  const [sentTo, setSentTo] = useState(addressOfDone(sent));
  const form = useForm({
    ...sent,
    initial: { email: "" },
    check: (field, value) => checks[field](value),
    async onSubmit({ email }) {
      await call(requestPasswordReset, { body: { email: email.trim() } });
      setSentTo(email.trim());
    },
  });
  if (sentTo !== null) {
    return (
      <div role="status">
        <AuthHeading title={t("forgot.sentTitle")} intro={t("forgot.sentText", { email: sentTo })} />
        <div className="flex flex-wrap items-center gap-4">
          <Button onClick={() => setSentTo(null)}>{t("forgot.another")}</Button>
          <TextLink href="/sign-in">{t("forgot.back")}</TextLink>
        </div>
      </div>
    );
  }
  return (
    <>
      <AuthHeading title={t("forgot.title")} intro={t("forgot.intro")} />
      <form {...form.formProps} className="flex flex-col gap-4">
        {form.failure && <FormMessage tone="danger">{form.failure}</FormMessage>}
        <Field label={t("email")} error={form.errorOf("email")}>
          {(control) => (
            <Input
              {...control}
              {...form.inputProps("email")}
              size="lg"
              type="email"
              autoComplete="username"
              autoFocus
            />
          )}
        </Field>
        <Button type="submit" variant="primary" size="lg" isBusy={form.isBusy} className="mt-2">
          {t("forgot.submit")}
        </Button>
      </form>
      <p className="mt-6">
        <TextLink href="/sign-in">{t("forgot.back")}</TextLink>
      </p>
    </>
  );
}
