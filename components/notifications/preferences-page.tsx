"use client";
import { useQuery } from "@tanstack/react-query";
import { useLocale, useTimeZone, useTranslations } from "next-intl";
import { useId } from "react";
import { SettingsFrame } from "#components/settings/settings-frame.tsx";
import { CardSection } from "#components/ui/card.tsx";
import { Checkbox } from "#components/ui/checkbox.tsx";
import { ErrorState } from "#components/ui/error-state.tsx";
import { Field } from "#components/ui/field.tsx";
import { Select } from "#components/ui/select.tsx";
import { Skeleton } from "#components/ui/skeleton.tsx";
import type { NotificationPreferencesView } from "#lib/notifications/schema.ts";
import { labelKeyOf, mailChoices, topics } from "#lib/notifications/values.ts";
import { notificationPreferencesQuery, useChangePreferences } from "./queries.ts";

/** What one is told, kind by kind: in the application, and when by mail. */
export function PreferencesPage() {
  const t = useTranslations("notifications");
  const { data, isPending, error, refetch } = useQuery(notificationPreferencesQuery());
  return (
    <SettingsFrame crumbs={[{ label: t("title") }]}>
      <h1 className="font-serif text-xl font-medium">{t("title")}</h1>
      <p className="text-ink-muted mt-1 mb-6 max-w-140 text-pretty">{t("preferences.description")}</p>
      {data ? (
        <div className="flex flex-col gap-6">
          {topics.map((topic) => (
            <TopicSection
              key={topic}
              topic={topic}
              kinds={data.kinds.filter((kind) => kind.topic === topic)}
            />
          ))}
          <SummarySection preferences={data} />
        </div>
      ) : isPending ? (
        <div aria-busy className="flex flex-col gap-6">
          {["h-56", "h-36", "h-36"].map((height, at) => (
            <Skeleton key={at} className={`w-full ${height}`} />
          ))}
        </div>
      ) : (
        <ErrorState error={error} onRetry={() => void refetch()} />
      )}
    </SettingsFrame>
  );
}

type KindPreference = NotificationPreferencesView["kinds"][number];

function TopicSection({ topic, kinds }: { topic: (typeof topics)[number]; kinds: KindPreference[] }) {
  const t = useTranslations("notifications");
  if (kinds.length === 0) return null;
  return (
    <CardSection title={t(`topics.${topic}`)}>
      <ul className="-my-3">
        {kinds.map((kind) => (
          <li key={kind.kind} className="border-line border-b last:border-0">
            <KindRow preference={kind} />
          </li>
        ))}
      </ul>
    </CardSection>
  );
}

function KindRow({ preference: { kind, mail, inApp } }: { preference: KindPreference }) {
  const t = useTranslations("notifications");
  const change = useChangePreferences();
  const id = useId();
  return (
    <div
      role="group"
      aria-labelledby={`${id}-kind`}
      className="flex flex-wrap items-center gap-x-5 gap-y-2 py-3"
    >
      <p id={`${id}-kind`} className="min-w-0 flex-1 basis-60 text-pretty">
        {t(labelKeyOf(kind))}
      </p>
      <span className="flex items-center gap-4 max-sm:w-full max-sm:justify-between">
        <label className="flex items-center gap-2 whitespace-nowrap">
          <Checkbox
            checked={inApp}
            aria-label={t("preferences.inApp")}
            onClick={() => change.mutate({ kinds: [{ kind, inApp: !inApp }] })}
          />
          {t("preferences.inApp")}
        </label>
        <Select
          aria-label={t("preferences.mail")}
          value={mail}
          onValueChange={(next) => change.mutate({ kinds: [{ kind, mail: next }] })}
          options={mailChoices.map((value) => ({ value, label: t(`preferences.choices.${value}`) }))}
          className="w-40"
        />
      </span>
    </div>
  );
}

const hours = Array.from({ length: 24 }, (_, hour) => String(hour));

function SummarySection({
  preferences: { timeZone, summaryHour },
}: {
  preferences: NotificationPreferencesView;
}) {
  const t = useTranslations("notifications.preferences");
  const locale = useLocale();
  const here = useTimeZone();
  const change = useChangePreferences();
  const clock = new Intl.DateTimeFormat(locale === "en" ? "en-GB" : locale, {
    timeStyle: "short",
    timeZone: "UTC",
  });
  return (
    <CardSection title={t("summary")} description={t("summaryText")}>
      <div className="max-w-60">
        <Field
          label={t("summaryAt")}
          hint={t("zone", { zone: (timeZone ?? here ?? "UTC").replaceAll("_", " ") })}
        >
          {(control) => (
            <Select
              {...control}
              value={String(summaryHour)}
              onValueChange={(hour) => change.mutate({ summaryHour: Number(hour) })}
              options={hours.map((value) => ({ value, label: clock.format(Number(value) * 3_600_000) }))}
              className="w-full"
            />
          )}
        </Field>
      </div>
    </CardSection>
  );
}
