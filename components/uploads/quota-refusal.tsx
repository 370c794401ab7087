"use client";
import { useLocale, useTranslations } from "next-intl";
import { ApiError } from "#components/api-error.ts";
import { Meter } from "#components/ui/meter.tsx";
import { isInBytes } from "#lib/errors/schema.ts";
import { formatBytes, formatUsage } from "#lib/i18n/format.ts";
import { quotaLevel } from "#lib/quota/values.ts";

interface Figures {
  resource: string;
  used: number;
  limit: number;
  requested: number;
}

/** The figures of a refused charge, or null when the error is something else. */
function figuresOf(error: unknown): Figures | null {
  if (!(error instanceof ApiError) || error.code !== "quota_exceeded") return null;
  const { resource, used, limit, requested } = error.details;
  return typeof resource === "string" &&
    typeof used === "number" &&
    typeof limit === "number" &&
    typeof requested === "number"
    ? { resource, used, limit, requested }
    : null;
}

/** The bar and the numbers of a quota refusal; nothing for other errors. */
export function QuotaRefusal({ error }: { error: unknown }) {
  const t = useTranslations("upload");
  const common = useTranslations("common");
  const locale = useLocale();
  const figures = figuresOf(error);
  if (!figures) return null;
  const isBytes = isInBytes(figures.resource);
  const words = common(
    "usage",
    isBytes
      ? formatUsage(figures.used, figures.limit, locale)
      : { used: String(figures.used), limit: String(figures.limit) },
  );
  return (
    <span className="mt-1.5 block">
      <span className="mb-1 flex justify-between gap-3 text-xs tabular-nums">
        <span>{words}</span>
        {isBytes && <span>{t("wouldAdd", { size: formatBytes(figures.requested, locale) })}</span>}
      </span>
      <Meter
        used={figures.used}
        limit={figures.limit}
        level={quotaLevel(figures)}
        label={t("quotaLabel")}
        valueText={words}
      />
    </span>
  );
}
