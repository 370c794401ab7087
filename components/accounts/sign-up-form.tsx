"use client";
import { signIn } from "next-auth/react";
import { useTranslations } from "next-intl";
import { useState } from "react";
import { call } from "#components/call.ts";
import { Button } from "#components/ui/button.tsx";
import { Field } from "#components/ui/field.tsx";
import { Input } from "#components/ui/input.tsx";
import { PasswordInput } from "#components/ui/password-input.tsx";
import { register } from "#lib/accounts/api.ts";
import { AuthHeading, FormMessage, TextLink } from "./auth-frame.tsx";
import { withNext } from "./next-path.ts";
import { useAccountChecks } from "./use-account-checks.ts";
import { addressOfDone, type SentForm, useForm } from "./use-form.tsx";

export function SignUpForm({ next, ...sent }: { next: string } & SentForm) {
  const t = useTranslations("auth");
  const checks = useAccountChecks();
  const [sentTo, setSentTo] = useState(addressOfDone(sent));
  const form = useForm({
    ...sent,
    initial: { name: "", email: "", password: "" },
    check: (field, value) => (field === "password" ? checks.newPassword(value) : checks[field](value)),
    async onSubmit({ name, email, password }) {
      const body = { name: name.trim(), email: email.trim(), password };
      const account = await call(register, { body });
      if (!account.isConfirmationNeeded) {
        const result = await signIn("credentials", { email: body.email, password, redirect: false }).catch(
          () => null,
        );
        if (result?.ok && !result.error) {
          location.assign(next);
          await new Promise(() => {}); // busy until the page is gone
        }
      }
      // the answer is the same for an address that has an account, whose owner is told by mail
      setSentTo(body.email);
    },
  });
  if (sentTo !== null) {
    return (
      <>
        <AuthHeading title={t("signUp.checkTitle")} intro={t("signUp.checkText", { email: sentTo })} />
        <p>
          <TextLink href={withNext("/sign-in", next)}>{t("signUp.toSignIn")}</TextLink>
        </p>
      </>
    );
  }
  return (
    <>
      <AuthHeading title={t("signUp.title")} intro={t("signUp.intro")} />
      <form {...form.formProps} className="flex flex-col gap-4">
        <input type="hidden" name="next" value={next} />
        {form.failure && <FormMessage tone="danger">{form.failure}</FormMessage>}
        <Field label={t("name")} error={form.errorOf("name")}>
          {(control) => (
            <Input {...control} {...form.inputProps("name")} size="lg" autoComplete="name" autoFocus />
          )}
        </Field>
        <Field label={t("email")} error={form.errorOf("email")}>
          {(control) => (
            <Input
              {...control}
              {...form.inputProps("email")}
              size="lg"
              type="email"
              autoComplete="username"
            />
          )}
        </Field>
        <Field label={t("password")} hint={checks.passwordHint} error={form.errorOf("password")}>
          {(control) => (
            <PasswordInput
              {...control}
              {...form.inputProps("password")}
              size="lg"
              autoComplete="new-password"
            />
          )}
        </Field>
        <Button type="submit" variant="primary" size="lg" isBusy={form.isBusy} className="mt-2">
          {t("signUp.submit")}
        </Button>
      </form>
      <p className="text-ink-muted mt-6">
        {t("signUp.hasAccount")} <TextLink href={withNext("/sign-in", next)}>{t("signUp.signIn")}</TextLink>
      </p>
    </>
  );
}
