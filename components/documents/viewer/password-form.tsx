"use client";
import { LockKeyhole } from "lucide-react";
import { useTranslations } from "next-intl";
import { type FormEvent, useState } from "react";
import { Button } from "#components/ui/button.tsx";
import { Field } from "#components/ui/field.tsx";
import { PasswordInput } from "#components/ui/password-input.tsx";

interface PasswordFormProps {
  isWrong: boolean;
  onEnter: (password: string) => void;
}

/** Asks for the password of an encrypted document. It never leaves the browser. */
export function PasswordForm({ isWrong, onEnter }: PasswordFormProps) {
  const t = useTranslations("document.viewer.password");
  const [password, setPassword] = useState("");
  function submit(event: FormEvent) {
    event.preventDefault();
    if (password) onEnter(password);
  }
  return (
    <div className="bg-sunken grid h-full place-items-center p-6">
      <form onSubmit={submit} className="bg-surface border-line w-full max-w-90 rounded-lg border p-6">
        <span
          aria-hidden
          className="bg-sunken text-ink-muted mb-4 grid size-11 place-items-center rounded-full"
        >
          <LockKeyhole className="size-5" />
        </span>
        <h2 className="text-md font-semibold">{t("title")}</h2>
        <p className="text-ink-muted mt-1 mb-5">{t("text")}</p>
        <Field label={t("label")} error={isWrong && t("wrong")}>
          {(control) => (
            <PasswordInput
              {...control}
              autoFocus
              autoComplete="off"
              value={password}
              onChange={(event) => setPassword(event.target.value)}
            />
          )}
        </Field>
        <Button type="submit" variant="primary" disabled={!password} className="mt-4 w-full">
          {t("open")}
        </Button>
      </form>
    </div>
  );
}
