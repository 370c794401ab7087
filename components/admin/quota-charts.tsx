"use client";
import { useLocale, useTranslations } from "next-intl";
import { type ReactNode } from "react";
import { lazyPart } from "#components/lazy-part.tsx";
import { formatBytes, formatDate } from "#lib/i18n/format.ts";
import type { QuotaHistoryView } from "#lib/quota/schema.ts";

const StoredChart = lazyPart(() => import("./charts.tsx").then((module) => module.StoredChart));
const StepsChart = lazyPart(() => import("./charts.tsx").then((module) => module.StepsChart));

/** What was stored day by day: a chart for the eye, and the same as a table for everybody. */
export function Growth({ days }: QuotaHistoryView) {
  const t = useTranslations("admin.quotas");
  const locale = useLocale();
  const count = (value: number) => new Intl.NumberFormat(locale).format(value);
  return (
    <Figure
      label={t("growth.title")}
      chart={<StoredChart days={days} label={t("growth.stored")} />}
      head={[t("growth.day"), t("growth.stored"), t("growth.documents"), t("growth.refusals")]}
      rows={days
        .toReversed()
        .map(({ day, storageBytes, documents, refusals }) => [
          ...[formatDate(`${day}T00:00:00Z`, { locale }), formatBytes(storageBytes, locale)],
          ...[count(documents), count(refusals)],
        ])}
    />
  );
}

/** How many people are how full, in steps of ten percent and those over a limit. */
export function Distribution({ steps }: { steps: readonly number[] }) {
  const t = useTranslations("admin.quotas.distribution");
  const locale = useLocale();
  const labelOf = (step: number) =>
    step === steps.length - 1 ? t("over") : t("step", { from: step * 10, to: (step + 1) * 10 });
  const named = steps.map((people, step) => ({ label: labelOf(step), people, step }));
  return (
    <Figure
      label={t("title")}
      chart={<StepsChart steps={named} label={t("people")} />}
      head={[t("full"), t("people")]}
      rows={named.map(({ label, people }) => [label, new Intl.NumberFormat(locale).format(people)])}
    />
  );
}

interface FigureProps {
  label: string;
  /** For the eye alone. */
  chart: ReactNode;
  head: readonly string[];
  rows: readonly (readonly string[])[];
}

function Figure({ label, chart, head, rows }: FigureProps) {
  const t = useTranslations("admin.quotas");
  return (
    <figure aria-label={label}>
      <div aria-hidden className="h-52 w-full text-xs">
        {chart}
      </div>
      <details className="mt-3 text-sm">
        <summary className="text-ink-muted hover:text-ink w-fit cursor-pointer rounded-sm">
          {t("asTable")}
        </summary>
        <div tabIndex={0} role="region" aria-label={label} className="mt-2 max-h-60 overflow-auto rounded-md">
          <table className="w-full text-left tabular-nums">
            <thead>
              <tr className="text-ink-muted">
                {head.map((name, at) => (
                  <th
                    key={name}
                    scope="col"
                    className={at > 0 ? "py-1 pl-3 text-right font-medium" : "py-1 font-medium"}
                  >
                    {name}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody className="divide-line divide-y">
              {rows.map(([first, ...rest]) => (
                <tr key={first}>
                  <th scope="row" className="py-1 font-normal">
                    {first}
                  </th>
                  {rest.map((cell, at) => (
                    <td key={head[at + 1]} className="py-1 pl-3 text-right">
                      {cell}
                    </td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      </details>
    </figure>
  );
}
