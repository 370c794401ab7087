"use client";
import { useTranslations } from "next-intl";
import { useState } from "react";
import { call } from "#components/call.ts";
import { Button } from "#components/ui/button.tsx";
import { unsubscribe } from "#lib/notifications/api.ts";
import type { UnsubscribeView } from "#lib/notifications/schema.ts";
import { AuthHeading, FormMessage, TextLink } from "./auth-frame.tsx";
import { type SentForm, useForm } from "./use-form.tsx";

interface UnsubscribeFormProps extends SentForm {
  token: string;
  scope: UnsubscribeView["scope"];
  /** What the mails were about, in words. */
  kinds: readonly string[];
}

/** Ends mails by a press, not by opening the page: scanners of mail open links, too. */
export function UnsubscribeForm({ token, scope, kinds, ...sent }: UnsubscribeFormProps) {
  const t = useTranslations("auth.unsubscribe");
  const [isDone, setDone] = useState(sent.outcome?.isDone ?? false);
  const form = useForm<never>({
    ...sent,
    initial: {},
    check: () => null,
    async onSubmit() {
      await call(unsubscribe, { query: { token } });
      setDone(true);
    },
  });
  return (
    <>
      <AuthHeading title={t("title")} intro={t(`intro.${scope}`)} />
      {kinds.length > 0 && (
        <ul className="mb-6 list-disc pl-5">
          {kinds.map((kind) => (
            <li key={kind}>{kind}</li>
          ))}
        </ul>
      )}
      {isDone ? (
        <FormMessage tone="success">{t("done")}</FormMessage>
      ) : (
        <form {...form.formProps} className="flex flex-col gap-4">
          {form.failure && <FormMessage tone="danger">{form.failure}</FormMessage>}
          <input type="hidden" name="token" value={token} />
          <Button type="submit" variant="primary" size="lg" isBusy={form.isBusy}>
            {t("submit")}
          </Button>
        </form>
      )}
      {scope !== "invitations" && (
        <p className="mt-6">
          <TextLink href="/settings/notifications">{t("settings")}</TextLink>
        </p>
      )}
    </>
  );
}
