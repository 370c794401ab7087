"use client";
import { useTranslations } from "next-intl";
import { useState } from "react";
import { Button } from "#components/ui/button.tsx";
import { Field } from "#components/ui/field.tsx";
import { Input } from "#components/ui/input.tsx";
import { AuthHeading, FormMessage } from "./auth-frame.tsx";
import { useForm } from "./use-form.tsx";

interface CodeFormProps {
  /** Resolves with what to say when the code was not taken. */
  onCode: (code: string) => Promise<string>;
  onStartOver: () => void;
}

/** The second step of signing in. Both kinds of code go the same way; which one is shown is only a matter of words. */
export function CodeForm(props: CodeFormProps) {
  const t = useTranslations("auth.signIn");
  const [isBackup, setBackup] = useState(false);
  return (
    <>
      <AuthHeading title={t("codeTitle")} intro={t(isBackup ? "backupIntro" : "codeIntro")} />
      <CodeField key={String(isBackup)} {...props} isBackup={isBackup} />
      <p className="mt-6 flex flex-wrap gap-x-6 gap-y-2">
        <TextButton onClick={() => setBackup(!isBackup)}>{t(isBackup ? "useApp" : "useBackup")}</TextButton>
        <TextButton onClick={props.onStartOver}>{t("startOver")}</TextButton>
      </p>
    </>
  );
}

function CodeField({ onCode, isBackup }: CodeFormProps & { isBackup: boolean }) {
  const t = useTranslations("auth.signIn");
  const form = useForm({
    initial: { code: "" },
    check: (_, value) => (value.trim() === "" ? t("codeNeeded") : null),
    async onSubmit({ code }) {
      form.setFailure(await onCode(code.trim()));
    },
  });
  return (
    <form {...form.formProps} className="flex flex-col gap-4">
      {form.failure && <FormMessage tone="danger">{form.failure}</FormMessage>}
      <Field label={t(isBackup ? "backupCode" : "code")} error={form.errorOf("code")}>
        {(control) => (
          <Input
            {...control}
            {...form.inputProps("code")}
            size="lg"
            inputMode={isBackup ? "text" : "numeric"}
            autoComplete="one-time-code"
            autoCapitalize="none"
            spellCheck={false}
            maxLength={40}
            autoFocus
            className="font-mono tracking-widest"
          />
        )}
      </Field>
      <Button type="submit" variant="primary" size="lg" isBusy={form.isBusy} className="mt-2">
        {t("codeSubmit")}
      </Button>
    </form>
  );
}

function TextButton({ onClick, children }: { onClick: () => void; children: string }) {
  return (
    <button
      type="button"
      onClick={onClick}
      className="text-accent-ink rounded-sm font-medium underline-offset-4 hover:underline"
    >
      {children}
    </button>
  );
}
