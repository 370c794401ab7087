"use client";
import { useTranslations } from "next-intl";
import { useRouter } from "next/navigation";
import { call } from "#components/call.ts";
import { Button } from "#components/ui/button.tsx";
import { Field } from "#components/ui/field.tsx";
import { PasswordInput } from "#components/ui/password-input.tsx";
import { resetPassword } from "#lib/accounts/api.ts";
import { AuthHeading, FormMessage, TextLink } from "./auth-frame.tsx";
import { useAccountChecks } from "./use-account-checks.ts";
import { type SentForm, useForm } from "./use-form.tsx";

export function ResetPasswordForm({ token, ...sent }: { token: string } & SentForm) {
  const t = useTranslations("auth");
  const checks = useAccountChecks();
  const router = useRouter();
  const form = useForm({
    ...sent,
    initial: { password: "" },
    check: (_, value) => checks.newPassword(value),
    async onSubmit({ password }) {
      await call(resetPassword, { body: { token, password } });
      router.replace("/sign-in?notice=password-changed");
    },
  });
  return (
    <>
      <AuthHeading title={t("reset.title")} intro={t("reset.intro")} />
      <form {...form.formProps} className="flex flex-col gap-4">
        <input type="hidden" name="token" value={token} />
        {form.failure && (
          <FormMessage tone="danger">
            {form.failure} <TextLink href="/forgot-password">{t("reset.requestNew")}</TextLink>
          </FormMessage>
        )}
        <Field label={t("newPassword")} hint={checks.passwordHint} error={form.errorOf("password")}>
          {(control) => (
            <PasswordInput
              {...control}
              {...form.inputProps("password")}
              size="lg"
              autoComplete="new-password"
              autoFocus
            />
          )}
        </Field>
        <Button type="submit" variant="primary" size="lg" isBusy={form.isBusy} className="mt-2">
          {t("reset.submit")}
        </Button>
      </form>
    </>
  );
}
