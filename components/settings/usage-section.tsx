"use client";
import { useQuery } from "@tanstack/react-query";
import { useLocale, useTranslations } from "next-intl";
import { quotaQuery } from "#components/shell/queries.ts";
import { Badge } from "#components/ui/badge.tsx";
import { CardSection } from "#components/ui/card.tsx";
import { ErrorState } from "#components/ui/error-state.tsx";
import { Meter } from "#components/ui/meter.tsx";
import { Skeleton } from "#components/ui/skeleton.tsx";
import { formatUsage } from "#lib/i18n/format.ts";
import type { QuotaView } from "#lib/quota/schema.ts";
import { quotaLevel } from "#lib/quota/values.ts";

/** Each limit with what is used of it. */
export function UsageSection() {
  const t = useTranslations("settings.usage");
  const { data, isPending, error, refetch } = useQuery(quotaQuery());
  return (
    <CardSection
      title={t("title")}
      description={t("description")}
      action={data && <Badge tone="accent">{tierName(data.tier, t)}</Badge>}
    >
      {data ? (
        <Meters quota={data} />
      ) : isPending ? (
        <div aria-busy className="flex flex-col gap-6">
          {["w-24", "w-32", "w-28", "w-36"].map((width) => (
            <div key={width} className="flex flex-col gap-2.5">
              <Skeleton className={`h-3.5 ${width}`} />
              <Skeleton className="h-1.5 w-full" />
            </div>
          ))}
        </div>
      ) : (
        <ErrorState error={error} title={t("failed")} onRetry={() => void refetch()} />
      )}
    </CardSection>
  );
}

type UsageWords = ReturnType<typeof useTranslations<"settings.usage">>;
const tierName = (tier: string, t: UsageWords) =>
  tier === "free" || tier === "pro" ? t(`tier.${tier}`) : t("tier.other", { name: tier });

function Meters({ quota }: { quota: QuotaView }) {
  const t = useTranslations("settings.usage");
  const common = useTranslations("common");
  const locale = useLocale();
  const count = (value: number) => new Intl.NumberFormat(locale).format(value);
  const rows = [
    ["storage", quota.storageBytes],
    ["documents", quota.documents],
    ["collections", quota.collections],
    ["jobs", quota.pdfJobsPerDay],
  ] as const;
  return (
    <>
      <ul className="flex flex-col gap-5">
        {rows.map(([name, { used, limit }]) => {
          const words = common(
            "usage",
            name === "storage"
              ? formatUsage(used, limit, locale)
              : { used: count(used), limit: count(limit) },
          );
          return (
            <li key={name}>
              <p className="mb-2 flex items-baseline justify-between gap-4">
                <span>{t(name)}</span>
                <span className="text-ink-muted text-sm tabular-nums">{words}</span>
              </p>
              <Meter
                used={used}
                limit={limit}
                level={quotaLevel({ used, limit })}
                label={t(name)}
                valueText={words}
              />
            </li>
          );
        })}
      </ul>
      <p className="text-ink-muted mt-5 text-sm text-pretty">
        {t("collaborators", { count: quota.collaboratorsPerCollection.limit })} {t("trash")}
      </p>
    </>
  );
}
