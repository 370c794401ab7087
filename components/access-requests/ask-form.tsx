"use client";
import { useLocale, useTimeZone, useTranslations } from "next-intl";
import { type FormEvent, useRef } from "react";
import { Problem } from "#components/sharing/problem.tsx";
import { Button } from "#components/ui/button.tsx";
import { Field } from "#components/ui/field.tsx";
import type { FormAction } from "#components/ui/plain-form.tsx";
import { Textarea } from "#components/ui/textarea.tsx";
import { formatDate } from "#lib/i18n/format.ts";
import type { FormOutcome } from "#lib/http/schema.ts";
import { useOwnRequest, type Wanted } from "./queries.ts";

interface AskFormProps {
  wanted: Wanted;
  /** When the last request was declined: for a week nobody is asked again. */
  declinedAt: string | null | undefined;
  action?: FormAction | undefined;
  outcome?: FormOutcome | null | undefined;
}

const weekMs = 7 * 24 * 3_600_000;

/** Asks those who can share something, with a few words to them. Works without scripts, too. */
export function AskForm({ wanted, declinedAt, action, outcome }: AskFormProps) {
  const t = useTranslations("requests.ask");
  const locale = useLocale();
  const timeZone = useTimeZone();
  const { ask } = useOwnRequest(wanted);
  const text = useRef<HTMLTextAreaElement>(null);
  if (declinedAt) {
    const again = new Date(Date.parse(declinedAt) + weekMs).toISOString();
    return <p className="text-ink-muted">{t("again", { date: formatDate(again, { locale, timeZone }) })}</p>;
  }
  function submit(event: FormEvent) {
    event.preventDefault();
    if (!ask.isPending) ask.mutate(text.current?.value ?? "");
  }
  const refused = outcome && !outcome.isDone ? outcome.detail : null;
  return (
    <form action={action} onSubmit={submit} className="flex flex-col gap-4">
      <input type="hidden" name="type" value={wanted.type} />
      <input type="hidden" name="id" value={wanted.id} />
      <Field label={t("message")} hint={t("hint")}>
        {(control) => (
          <Textarea
            {...control}
            ref={text}
            name="message"
            maxLength={500}
            defaultValue={outcome?.values.message}
            placeholder={t("placeholder")}
          />
        )}
      </Field>
      {ask.error ? (
        <Problem error={ask.error} />
      ) : (
        refused && (
          <p role="alert" className="text-danger-ink text-sm">
            {refused}
          </p>
        )
      )}
      <div>
        <Button type="submit" variant="primary" isBusy={ask.isPending}>
          {t("submit")}
        </Button>
      </div>
    </form>
  );
}
