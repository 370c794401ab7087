"use client";
import { signIn } from "next-auth/react";
import { useTranslations } from "next-intl";
import { useState } from "react";
import { call } from "#components/call.ts";
import { Button } from "#components/ui/button.tsx";
import { Field } from "#components/ui/field.tsx";
import { Input } from "#components/ui/input.tsx";
import { PasswordInput } from "#components/ui/password-input.tsx";
import { ErrorText } from "#components/ui/error-text.tsx";
import { requestMagicLink } from "#lib/accounts/api.ts";
import { attemptSignIn } from "./attempt-sign-in.ts";
import { AuthHeading, FormMessage, TextLink } from "./auth-frame.tsx";
import { CodeForm } from "./code-form.tsx";
import { withNext } from "./next-path.ts";
import { failureOf } from "./sign-in-failure.ts";
import { type SignInNotice, signInNotices } from "./sign-in-notice.ts";
import { useAccountChecks } from "./use-account-checks.ts";
import { addressOfDone, type SentForm, useForm } from "./use-form.tsx";

interface SignInFormProps {
  /** A path of this application to go to afterwards. */
  next: string;
  /** What has just happened elsewhere. */
  notice?: SignInNotice;
  /** Why signing in elsewhere, from where the person came back, did not work. */
  error?: string;
  /** What the provider for signing in elsewhere is called; null where there is none. */
  provider: string | null;
  /** Signing in by password, and asking for a link, without scripts. */
  password: SentForm;
  link: SentForm;
}

export function SignInForm({ next, notice, error: lastError, provider, password, link }: SignInFormProps) {
  const t = useTranslations("auth");
  const checks = useAccountChecks();
  const [isCodeAsked, setCodeAsked] = useState(false);
  const [linkSentTo, setLinkSentTo] = useState(addressOfDone(link));
  const [isSending, setSending] = useState(false);
  const attempt = (credentials: Record<string, string>) => attemptSignIn("credentials", credentials, next);
  // what came of either button, without scripts
  const outcome = password.outcome ?? link.outcome;
  // without scripts there is no second step that would remember the password
  const isCodeShown = Boolean(outcome?.errors.some(({ path }) => path === "code"));
  const form = useForm({
    outcome,
    initial: { email: "", password: "", code: "" },
    check: (field, value) => (field === "code" ? null : checks[field](value)),
    async onSubmit({ code, ...values }) {
      const error = await attempt({ ...values, ...(code !== "" && { code }) });
      if (error === "code_needed") setCodeAsked(true);
      else form.setFailure(t(`signIn.${failureOf(error)}`));
    },
  });
  async function sendLink() {
    if (isSending || !form.demand("email")) return;
    const email = form.values.email.trim();
    setSending(true);
    form.setFailure(null);
    try {
      await call(requestMagicLink, { body: { email, ...(next !== "/" && { next }) } });
      setLinkSentTo(email);
    } catch (error) {
      form.setFailure(<ErrorText error={error} />);
    } finally {
      setSending(false);
    }
  }
  if (linkSentTo !== null) return <LinkSent email={linkSentTo} onAnother={() => setLinkSentTo(null)} />;
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
        <input type="hidden" name="next" value={next} />
        {form.failure && <FormMessage tone="danger">{form.failure}</FormMessage>}
        {lastError !== undefined && !form.failure && (
          <FormMessage tone="danger">{t(`signIn.${failureOf(lastError)}`)}</FormMessage>
        )}
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
        {isCodeShown && (
          <Field label={t("magicLink.code")} error={form.errorOf("code")}>
            {(control) => (
              <Input
                {...control}
                {...form.inputProps("code")}
                size="lg"
                autoComplete="one-time-code"
                maxLength={40}
              />
            )}
          </Field>
        )}
        <Button
          type="submit"
          formAction={password.action}
          variant="primary"
          size="lg"
          isBusy={form.isBusy}
          className="mt-2"
        >
          {t("signIn.submit")}
        </Button>
        <Button
          type="submit"
          formAction={link.action}
          size="lg"
          isBusy={isSending}
          onClick={(event) => {
            event.preventDefault();
            void sendLink();
          }}
        >
          {t("magicLink.offer")}
        </Button>
        {provider !== null && <ProviderButton name={provider} next={next} />}
      </form>
      <p className="text-ink-muted mt-6">
        {t("signIn.noAccount")} <TextLink href={withNext("/sign-up", next)}>{t("signIn.register")}</TextLink>
      </p>
    </>
  );
}

function LinkSent({ email, onAnother }: { email: string; onAnother: () => void }) {
  const t = useTranslations("auth.magicLink");
  return (
    <div role="status">
      <AuthHeading title={t("sentTitle")} intro={t("sentText", { email })} />
      <div className="flex flex-wrap items-center gap-4">
        <Button onClick={onAnother}>{t("back")}</Button>
      </div>
    </div>
  );
}

function ProviderButton({ name, next }: { name: string; next: string }) {
  const t = useTranslations("auth.signIn");
  const [isLeaving, setLeaving] = useState(false);
  return (
    <Button
      size="lg"
      isBusy={isLeaving}
      onClick={() => {
        setLeaving(true);
        // leaves the page
        void signIn("oidc", { callbackUrl: next }).catch(() => setLeaving(false));
      }}
    >
      {t("continueWith", { name })}
    </Button>
  );
}
