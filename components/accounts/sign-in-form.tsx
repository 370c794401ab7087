"use client";
import { signIn } from "next-auth/react";
import { useTranslations } from "next-intl";
import { useState } from "react";
import { Button } from "#components/ui/button.tsx";
import { Field } from "#components/ui/field.tsx";
import { Input } from "#components/ui/input.tsx";
import { PasswordInput } from "#components/ui/password-input.tsx";
import { AuthHeading, FormMessage, TextLink } from "./auth-frame.tsx";
import { CodeForm } from "./code-form.tsx";
import { withNext } from "./next-path.ts";
import { type SignInNotice, signInNotices } from "./sign-in-notice.ts";
import { useAccountChecks } from "./use-account-checks.ts";
import { useForm } from "./use-form.ts";

interface SignInFormProps {
  /** A path of this application to go to afterwards. */
  next: string;
  /** What has just happened elsewhere. */
  notice?: SignInNotice;
}

/** The message for what sign-in answered; a wrong password and an unknown address are one and the same. */
function failureOf(error: string | null | undefined): "failed" | "tooMany" | "unavailable" | "wrongCode" {
  if (error === "CredentialsSignin") return "failed";
  if (error === "wrong_code") return "wrongCode";
  return error === "rate_limited" ? "tooMany" : "unavailable";
}

export function SignInForm({ next, notice }: SignInFormProps) {
  const t = useTranslations("auth");
  const checks = useAccountChecks();
  const [isCodeAsked, setCodeAsked] = useState(false);
  /** Leaves the page when it worked; else tells why not. */
  async function attempt(credentials: { email: string; password: string; code?: string }) {
    // it throws when the server can't be reached
    const result = await signIn("credentials", { ...credentials, redirect: false }).catch(() => null);
    if (result?.ok && !result.error) {
      // a full load, so that nothing of whoever was here before is left in memory
      location.assign(next);
      await new Promise(() => {}); // busy until the page is gone
    }
    return result?.error;
  }
  const form = useForm({
    initial: { email: "", password: "" },
    check: (field, value) => checks[field](value),
    async onSubmit(values) {
      const error = await attempt(values);
      if (error === "code_needed") setCodeAsked(true);
      else form.setFailure(t(`signIn.${failureOf(error)}`));
    },
  });
  if (isCodeAsked) {
    return (
      <CodeForm
        onCode={async (code) => t(`signIn.${failureOf(await attempt({ ...form.values, code }))}`)}
        onStartOver={() => location.reload()}
      />
    );
  }
  return (
    <>
      <AuthHeading title={t("signIn.title")} intro={t("signIn.intro")} />
      <form {...form.formProps} className="flex flex-col gap-4">
        {form.failure && <FormMessage tone="danger">{form.failure}</FormMessage>}
        {notice && !form.failure && (
          <FormMessage tone="success">{t(`signIn.${signInNotices[notice]}`)}</FormMessage>
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
