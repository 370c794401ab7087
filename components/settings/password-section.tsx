"use client";
import { useQueryClient, useSuspenseQuery } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import { useState } from "react";
import { FormMessage } from "#components/accounts/auth-frame.tsx";
import { useAccountChecks } from "#components/accounts/use-account-checks.ts";
import { useForm } from "#components/accounts/use-form.tsx";
import { call } from "#components/call.ts";
import { Button } from "#components/ui/button.tsx";
import { CardSection } from "#components/ui/card.tsx";
import { Field } from "#components/ui/field.tsx";
import { PasswordInput } from "#components/ui/password-input.tsx";
import { changePassword } from "#lib/accounts/api.ts";
import { sessionsKey, settingsQuery } from "./queries.ts";

export function PasswordSection() {
  const t = useTranslations("settings.password");
  // a form that did its work starts afresh
  const [changes, setChanges] = useState(0);
  return (
    <CardSection title={t("title")} description={t("description")}>
      <div role="status" className="empty:hidden">
        {changes > 0 && (
          <div className="mb-4">
            <FormMessage tone="success">{t("changed")}</FormMessage>
          </div>
        )}
      </div>
      <PasswordForm key={changes} onChanged={() => setChanges(changes + 1)} />
    </CardSection>
  );
}

function PasswordForm({ onChanged }: { onChanged: () => void }) {
  const t = useTranslations("settings.password");
  const auth = useTranslations("auth");
  const checks = useAccountChecks();
  const client = useQueryClient();
  const { profile } = useSuspenseQuery(settingsQuery()).data;
  const form = useForm({
    initial: { currentPassword: "", newPassword: "" },
    check: (field, value) => (field === "newPassword" ? checks.newPassword(value) : checks.password(value)),
    async onSubmit(body) {
      await call(changePassword, { body });
      await client.invalidateQueries({ queryKey: sessionsKey });
      onChanged();
    },
  });
  return (
    <form {...form.formProps} className="flex max-w-100 flex-col gap-4">
      {form.failure && <FormMessage tone="danger">{form.failure}</FormMessage>}
      {/* tells password managers whose password this is */}
      <input
        type="text"
        autoComplete="username"
        value={profile.email}
        readOnly
        hidden
        aria-label={auth("email")}
      />
      <Field label={t("current")} error={form.errorOf("currentPassword")}>
        {(control) => (
          <PasswordInput
            {...control}
            {...form.inputProps("currentPassword")}
            autoComplete="current-password"
          />
        )}
      </Field>
      <Field label={auth("newPassword")} hint={checks.passwordHint} error={form.errorOf("newPassword")}>
        {(control) => (
          <PasswordInput {...control} {...form.inputProps("newPassword")} autoComplete="new-password" />
        )}
      </Field>
      <div>
        <Button type="submit" variant="primary" isBusy={form.isBusy}>
          {t("submit")}
        </Button>
      </div>
    </form>
  );
}
