"use client";
import { useTranslations } from "next-intl";
import { Button } from "#components/ui/button.tsx";
import { Field } from "#components/ui/field.tsx";
import { Input } from "#components/ui/input.tsx";
import { attemptSignIn } from "./attempt-sign-in.ts";
import { AuthHeading, FormMessage, TextLink } from "./auth-frame.tsx";
import { failureOf } from "./sign-in-failure.ts";
import { type SentForm, useForm } from "./use-form.tsx";

interface MagicLinkFormProps extends SentForm {
  token: string;
  /** Whom the link signs in. */
  email: string;
  isCodeNeeded: boolean;
  /** A path of this application to go to afterwards. */
  next: string;
}

/** Signs in by a press, not by opening the page: scanners of mail open links, too. */
export function MagicLinkForm({ token, email, isCodeNeeded, next, ...sent }: MagicLinkFormProps) {
  const t = useTranslations("auth");
  const form = useForm({
    ...sent,
    initial: { code: "" },
    check: (_, value) => (isCodeNeeded && value.trim() === "" ? t("signIn.codeNeeded") : null),
    async onSubmit({ code }) {
      const credentials = { token, ...(isCodeNeeded && { code: code.trim() }) };
      form.setFailure(t(`signIn.${failureOf(await attemptSignIn("magic-link", credentials, next))}`));
    },
  });
  return (
    <>
      <AuthHeading title={t("magicLink.title")} intro={t("magicLink.intro", { email })} />
      <form {...form.formProps} className="flex flex-col gap-4">
        <input type="hidden" name="token" value={token} />
        <input type="hidden" name="next" value={next} />
        {form.failure && <FormMessage tone="danger">{form.failure}</FormMessage>}
        {isCodeNeeded && (
          <Field label={t("magicLink.code")} hint={t("magicLink.codeIntro")} error={form.errorOf("code")}>
            {(control) => (
              <Input
                {...control}
                {...form.inputProps("code")}
                size="lg"
                autoComplete="one-time-code"
                autoCapitalize="none"
                spellCheck={false}
                maxLength={40}
                autoFocus
                className="font-mono tracking-widest"
              />
            )}
          </Field>
        )}
        <Button type="submit" variant="primary" size="lg" isBusy={form.isBusy}>
          {t("magicLink.submit")}
        </Button>
      </form>
      <p className="mt-6">
        <TextLink href="/sign-in">{t("forgot.back")}</TextLink>
      </p>
    </>
  );
}
