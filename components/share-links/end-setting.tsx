"use client";
import { useLocale, useTimeZone, useTranslations } from "next-intl";
import { type FormEvent, type ReactNode } from "react";
import { EndField, useEnd } from "#components/sharing/end-field.tsx";
import { expiryOf, today } from "#components/sharing/expiry.ts";
import { formatDate } from "#lib/i18n/format.ts";
import type { LinkView } from "#lib/links/schema.ts";

interface EndSettingProps {
  link: Pick<LinkView, "expiresAt" | "state">;
  aside: ReactNode;
  /** Called with the end as ISO 8601, or null for none. */
  onChange: (expiresAt: string | null) => void;
}

/** When a link ends. A span of days is kept as it is chosen, a day when it is left or by Enter. */
export function EndSetting({ link: { expiresAt, state }, aside, onChange }: EndSettingProps) {
  const t = useTranslations("links.edit");
  const locale = useLocale();
  const timeZone = useTimeZone();
  const end = useEnd(expiresAt);
  const { choice, day } = end.field;
  function keepDay() {
    if (choice !== "date" || (expiresAt !== null && today(new Date(expiresAt)) === day)) return;
    const next = end.read();
    if (next !== undefined) onChange(next);
  }
  function submit(event: FormEvent) {
    event.preventDefault();
    keepDay();
  }
  return (
    <form
      onSubmit={submit}
      onBlur={({ target }) => target instanceof HTMLInputElement && day !== "" && keepDay()}
      noValidate
    >
      <div className="flex items-baseline justify-between gap-4">
        <div className="text-ink-muted flex flex-wrap items-center gap-x-2 gap-y-1 text-sm">
          <EndField
            {...end.field}
            onChoice={(next) => {
              end.field.onChoice(next);
              if (next !== "date") onChange(expiryOf(next, ""));
            }}
          />
        </div>
        {aside}
      </div>
      {expiresAt && (
        <p className="text-ink-muted mt-1 text-sm">
          {t(state === "expired" ? "endedAt" : "endsAt", {
            date: formatDate(expiresAt, { locale, timeZone, style: "dateTime" }),
          })}
        </p>
      )}
    </form>
  );
}
