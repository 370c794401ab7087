"use client";
import { useTranslations } from "next-intl";
import { useRouter } from "next/navigation";
import { api } from "#components/api.ts";
import { Button } from "#components/ui/button.tsx";
import { Field } from "#components/ui/field.tsx";
import { PasswordInput } from "#components/ui/password-input.tsx";
import { AuthHeading, FormMessage, TextLink } from "./auth-frame.tsx";
import { useAccountChecks } from "./use-account-checks.ts";
import { useForm } from "./use-form.ts";

export function ResetPasswordForm({ token }: { token: string }) {
  const t = useTranslations("auth");
  const checks = useAccountChecks();
  const router = useRouter();
  const form = useForm({
    initial: { password: "" },
    check: (_, value) => checks.newPassword(value),
    async onSubmit({ password }) {
      await api("/api/v1/auth/password-reset/confirm", { method: "POST", body: { token, password } });
      router.replace("/sign-in?notice=password-changed");
    },
  });
  return (
    <>
      <AuthHeading title={t("reset.title")} intro={t("reset.intro")} />
      <form {...form.formProps} className="flex flex-col gap-4">
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
