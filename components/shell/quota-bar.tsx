"use client";
import { useQuery } from "@tanstack/react-query";
import { useLocale, useTranslations } from "next-intl";
import Link from "next/link";
import { Meter } from "#components/ui/meter.tsx";
import { Skeleton } from "#components/ui/skeleton.tsx";
import { formatUsage } from "#lib/i18n/format.ts";
import { quotaLevel } from "#lib/quota/values.ts";
import { quotaQuery } from "./queries.ts";

/** How much storage is used, in words and as a bar; near the limit also what to do about it. */
export function QuotaBar() {
  const t = useTranslations("shell.quota");
  const common = useTranslations("common");
  const locale = useLocale();
  const { data, isPending } = useQuery(quotaQuery());
  if (isPending) {
    return (
      <div aria-busy className="flex flex-col gap-2.5 px-2 py-2">
        <Skeleton className="h-3.5 w-28" />
        <Skeleton className="h-1.5 w-full" />
      </div>
    );
  }
  if (!data) return <p className="text-ink-muted px-2 py-2 text-sm">{t("failed")}</p>;
  const { used, limit } = data.storageBytes;
  const level = quotaLevel(data.storageBytes);
  const words = common("usage", formatUsage(used, limit, locale));
  return (
    <Link href="/settings" className="hover:bg-hover block rounded-md px-2 py-2 transition-colors">
      <span className="mb-2 flex items-baseline justify-between gap-2 text-sm">
        <span className="text-ink-muted">{t("label")}</span>
        <span data-testid="quota-words" className="font-medium tabular-nums">
          {words}
        </span>
      </span>
      <Meter used={used} limit={limit} level={level} label={t("label")} valueText={words} />
      {level !== "ok" && (
        <span className={`mt-2 block text-sm ${level === "danger" ? "text-danger-ink" : "text-warning-ink"}`}>
          {t(used >= limit ? "full" : level)}
        </span>
      )}
    </Link>
  );
}
