"use client";
import { signIn } from "next-auth/react";
import { useTranslations } from "next-intl";
import { Button } from "#components/ui/button.tsx";
import { Field } from "#components/ui/field.tsx";
import { Input } from "#components/ui/input.tsx";
import { PasswordInput } from "#components/ui/password-input.tsx";
import { AuthHeading, FormMessage, TextLink } from "./auth-frame.tsx";
import { withNext } from "./next-path.ts";
import { useAccountChecks } from "./use-account-checks.ts";
import { useForm } from "./use-form.ts";

interface SignInFormProps {
  /** A path of this application to go to afterwards. */
  next: string;
  /** What has just happened elsewhere. */
  notice?: "password-changed" | "address-confirmed";
}

/** The message for what sign-in answered; a wrong password and an unknown address are one and the same. */
function failureOf(error: string | null | undefined): "failed" | "tooMany" | "unavailable" {
  if (error === "CredentialsSignin") return "failed";
  return error === "rate_limited" ? "tooMany" : "unavailable";
}

export function SignInForm({ next, notice }: SignInFormProps) {
  const t = useTranslations("auth");
  const checks = useAccountChecks();
  const form = useForm({
    initial: { email: "", password: "" },
    check: (field, value) => checks[field](value),
    async onSubmit({ email, password }) {
      // it throws when the server can't be reached
      const result = await signIn("credentials", { email, password, redirect: false }).catch(() => null);
      if (result?.ok && !result.error) {
        // a full load, so that nothing of whoever was here before is left in memory
        location.assign(next);
        await new Promise(() => {}); // busy until the page is gone
      }
      form.setFailure(t(`signIn.${failureOf(result?.error)}`));
    },
  });
  return (
    <>
      <AuthHeading title={t("signIn.title")} intro={t("signIn.intro")} />
      <form {...form.formProps} className="flex flex-col gap-4">
        {form.failure && <FormMessage tone="danger">{form.failure}</FormMessage>}
        {notice && !form.failure && (
          <FormMessage tone="success">
            {t(notice === "password-changed" ? "signIn.passwordChanged" : "signIn.addressConfirmed")}
          </FormMessage>
        )}
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
        <Field
          label={t("password")}
          error={form.errorOf("password")}
          aside={
            <TextLink href="/forgot-password" className="text-sm">
              {t("signIn.forgot")}
            </TextLink>
          }
        >
          {(control) => (
            <PasswordInput
              {...control}
              {...form.inputProps("password")}
              size="lg"
              autoComplete="current-password"
            />
          )}
        </Field>
        <Button type="submit" variant="primary" size="lg" isBusy={form.isBusy} className="mt-2">
          {t("signIn.submit")}
        </Button>
      </form>
      <p className="text-ink-muted mt-6">
        {t("signIn.noAccount")} <TextLink href={withNext("/sign-up", next)}>{t("signIn.register")}</TextLink>
      </p>
    </>
  );
}
