"use client";
import { useTranslations } from "next-intl";
import { type FormEvent, type ReactNode, useEffect, useRef, useState } from "react";
import { Button } from "#components/ui/button.tsx";
import { Field } from "#components/ui/field.tsx";
import { useEscapeStep } from "#components/ui/escape.ts";
import { PasswordInput } from "#components/ui/password-input.tsx";

/** What the API asks of a link's password, in characters. */
const fewest = 8;
const most = 128;

interface PasswordSettingProps {
  hasPassword: boolean;
  aside: ReactNode;
  /** Answers whether it holds now. */
  onChange: (password: string | null) => Promise<boolean>;
}

/** Whether visitors need a password: sets, changes and removes it. One that was refused stays to be mended. */
export function PasswordSetting({ hasPassword, aside, onChange }: PasswordSettingProps) {
  const t = useTranslations("links.edit");
  const common = useTranslations("common");
  const [text, setText] = useState<string | null>(null);
  const [isChecked, setChecked] = useState(false);
  const [isBusy, setBusy] = useState(false);
  const opener = useRef<HTMLButtonElement>(null);
  const wasOpen = useRef(false);
  const isOpen = text !== null;
  const form = useRef<HTMLFormElement>(null);
  useEscapeStep(form, () => setText(null));
  useEffect(() => {
    if (wasOpen.current && !isOpen) opener.current?.focus();
    wasOpen.current = isOpen;
  }, [isOpen]);
  const isShort = [...(text ?? "")].length < fewest;
  async function send(password: string | null) {
    setBusy(true);
    if (await onChange(password)) setText(null);
    setBusy(false);
  }
  function submit(event: FormEvent) {
    event.preventDefault();
    setChecked(true);
    if (text !== null && !isShort && !isBusy) void send(text);
  }
  if (!isOpen)
    return (
      <div role="group" aria-label={t("password")}>
        <div className="flex items-baseline justify-between gap-4">
          <p>{t(hasPassword ? "hasPassword" : "noPassword")}</p>
          {aside}
        </div>
        <div className="mt-1.5 flex flex-wrap gap-2">
          <Button
            ref={opener}
            size="sm"
            onClick={() => {
              setChecked(false);
              setText("");
            }}
          >
            {t(hasPassword ? "changePassword" : "setPassword")}
          </Button>
          {hasPassword && (
            <Button size="sm" isBusy={isBusy} onClick={() => void send(null)}>
              {t("removePassword")}
            </Button>
          )}
        </div>
      </div>
    );
  return (
    <form ref={form} onSubmit={submit} noValidate>
      <Field
        label={t("newPassword")}
        hint={t("passwordHint")}
        error={isChecked && isShort ? t("passwordShort") : null}
      >
        {(control) => (
          <PasswordInput
            {...control}
            value={text}
            onChange={(event) => setText(event.target.value)}
            autoComplete="new-password"
            maxLength={most}
            autoFocus
          />
        )}
      </Field>
      <div className="mt-2 flex flex-wrap gap-2">
        <Button type="submit" size="sm" variant="primary" isBusy={isBusy}>
          {common("save")}
        </Button>
        <Button size="sm" onClick={() => setText(null)}>
          {common("cancel")}
        </Button>
      </div>
    </form>
  );
}
