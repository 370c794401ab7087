"use client";
import { useQuery } from "@tanstack/react-query";
import { useLocale, useTranslations } from "next-intl";
import { type ReactNode, useState } from "react";
import { Page } from "#components/shell/page.tsx";
import { Breadcrumb } from "#components/ui/breadcrumb.tsx";
import { Card, CardSection } from "#components/ui/card.tsx";
import { cn } from "#components/ui/cn.ts";
import { ErrorState } from "#components/ui/error-state.tsx";
import { Select } from "#components/ui/select.tsx";
import { Skeleton } from "#components/ui/skeleton.tsx";
import { formatBytes } from "#lib/i18n/format.ts";
import type { QuotaSummaryView } from "#lib/quota/schema.ts";
import { Distribution, Growth } from "./quota-charts.tsx";
import { QuotaList } from "./quota-list.tsx";
import { quotaHistoryQuery, quotaSummaryQuery, usualDays } from "./queries.ts";

const spans = ["7", "30", "90", "365"] as const;

/** What everybody uses of their limits, for who runs the instance. */
export function QuotasPage() {
  const t = useTranslations("admin");
  const [days, setDays] = useState(usualDays);
  const summary = useQuery(quotaSummaryQuery(days));
  const history = useQuery(quotaHistoryQuery(days));
  return (
    <Page breadcrumb={<Breadcrumb crumbs={[{ label: t("area") }, { label: t("quotas.title") }]} />}>
      <h1 className="font-serif text-xl font-medium">{t("quotas.title")}</h1>
      <p className="text-ink-muted mt-1 mb-6 max-w-160 text-pretty">{t("quotas.intro")}</p>
      {summary.isError && !summary.data ? (
        <Card>
          <ErrorState
            error={summary.error}
            title={t("quotas.failed")}
            onRetry={() => void summary.refetch()}
          />
        </Card>
      ) : (
        <div className="flex flex-col gap-6">
          <Figures summary={summary.data} days={days} />
          <div className="grid gap-6 lg:grid-cols-2">
            <CardSection
              title={t("quotas.growth.title")}
              action={
                <Select
                  aria-label={t("quotas.growth.span")}
                  value={String(days)}
                  onValueChange={(value) => setDays(Number(value))}
                  options={spans.map((value) => ({
                    value,
                    label: t("quotas.growth.days", { days: Number(value) }),
                  }))}
                />
              }
            >
              {history.data ? (
                <Growth days={history.data.days} />
              ) : history.isError ? (
                <ErrorState
                  error={history.error}
                  title={t("quotas.failed")}
                  onRetry={() => void history.refetch()}
                />
              ) : (
                <Skeleton className="h-52 w-full" />
              )}
            </CardSection>
            <CardSection title={t("quotas.distribution.title")} description={t("quotas.distribution.text")}>
              {summary.data ? (
                <Distribution steps={summary.data.distribution} />
              ) : (
                <Skeleton className="h-52 w-full" />
              )}
            </CardSection>
          </div>
          <QuotaList tiers={summary.data?.tiers ?? []} />
          {summary.data && <Uploaders people={summary.data.topUploaders} days={days} />}
        </div>
      )}
    </Page>
  );
}

function Figures({ summary, days }: { summary: QuotaSummaryView | undefined; days: number }) {
  const t = useTranslations("admin.quotas.figures");
  const locale = useLocale();
  const count = (value: number) => new Intl.NumberFormat(locale).format(value);
  if (!summary)
    return (
      <div aria-busy className="grid grid-cols-2 gap-4 lg:grid-cols-4">
        {[0, 1, 2, 3].map((n) => (
          <Skeleton key={n} className="h-24 w-full" />
        ))}
      </div>
    );
  const peopleOf = (name: string) => count(summary.tiers.find((tier) => tier.name === name)?.people ?? 0);
  const figures: {
    name: "people" | "storage" | "near" | "over";
    value: ReactNode;
    text: string;
    tone?: string;
  }[] = [
    {
      name: "people",
      value: count(summary.people),
      text: t("tiers", { free: peopleOf("free"), pro: peopleOf("pro") }),
    },
    {
      name: "storage",
      value: formatBytes(summary.storageBytes, locale),
      text: t("documents", { count: summary.documents }),
    },
    {
      ...{ name: "near", value: count(summary.near), text: t("nearText") },
      ...(summary.near > 0 && { tone: "text-warning-ink" }),
    },
    {
      ...{ name: "over", value: count(summary.over) },
      text: t("refusals", { count: summary.refusals, days }),
      ...(summary.over > 0 && { tone: "text-danger-ink" }),
    },
  ];
  return (
    <dl aria-label={t("label")} className="grid grid-cols-2 gap-4 lg:grid-cols-4">
      {figures.map(({ name, value, text, tone }) => (
        <Card key={name} className="px-5 py-4 max-sm:px-4">
          <dt className="text-ink-muted text-sm">{t(name)}</dt>
          <dd>
            <span className={cn("block text-xl font-semibold tabular-nums", tone)}>{value}</span>
            <span className="text-ink-muted block text-sm text-pretty">{text}</span>
          </dd>
        </Card>
      ))}
    </dl>
  );
}

function Uploaders({ people, days }: { people: QuotaSummaryView["topUploaders"]; days: number }) {
  const t = useTranslations("admin.quotas");
  const locale = useLocale();
  return (
    <CardSection title={t("uploaders.title")} description={t("uploaders.text", { days })}>
      {people.length === 0 ? (
        <p className="text-ink-muted">{t("uploaders.empty")}</p>
      ) : (
        <ol className="divide-line divide-y">
          {people.map(({ id, name, email, storageBytes, documents }) => (
            <li key={id} className="flex items-baseline justify-between gap-4 py-2">
              <span className="min-w-0">
                <span className="block truncate font-medium">{name}</span>
                <span className="text-ink-muted block truncate text-sm">{email}</span>
              </span>
              <span className="shrink-0 text-right tabular-nums">
                {formatBytes(storageBytes, locale)}
                <span className="text-ink-muted block text-sm">
                  {t("figures.documents", { count: Math.max(0, documents) })}
                </span>
              </span>
            </li>
          ))}
        </ol>
      )}
    </CardSection>
  );
}
