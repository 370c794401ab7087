"use client";
import { useLocale } from "next-intl";
import {
  Area,
  AreaChart,
  Bar,
  BarChart,
  CartesianGrid,
  ResponsiveContainer,
  Tooltip,
  XAxis,
  YAxis,
} from "recharts";
import { formatBytes, formatDate } from "#lib/i18n/format.ts";
import type { QuotaHistoryView } from "#lib/quota/schema.ts";

// drawn with the page's own colours, in both themes
const tick = { fill: "var(--ink-muted)", fontSize: 12 };
const axis = { tickLine: false, axisLine: false, tick };
const tip = {
  contentStyle: {
    background: "var(--surface)",
    border: "1px solid var(--line)",
    borderRadius: 8,
    boxShadow: "var(--float)",
  },
  labelStyle: { color: "var(--ink-muted)" },
  itemStyle: { color: "var(--ink)" },
  cursor: { fill: "var(--hover)", stroke: "var(--line-strong)" },
};

/** Bytes stored at the end of each day. */
export function StoredChart({ days, label }: QuotaHistoryView & { label: string }) {
  const locale = useLocale();
  const dayText = (day: string) =>
    new Intl.DateTimeFormat(locale === "en" ? "en-GB" : locale, {
      ...{ day: "numeric", month: "short", timeZone: "UTC" },
    }).format(new Date(`${day}T00:00:00Z`));
  return (
    <ResponsiveContainer width="100%" height="100%">
      <AreaChart data={days} margin={{ top: 8, right: 8, bottom: 0, left: 0 }} accessibilityLayer={false}>
        <CartesianGrid vertical={false} stroke="var(--line)" />
        <XAxis dataKey="day" tickFormatter={dayText} minTickGap={32} {...axis} />
        <YAxis tickFormatter={(bytes: number) => formatBytes(bytes, locale)} width={64} {...axis} />
        <Tooltip
          {...tip}
          labelFormatter={(day) => formatDate(`${String(day)}T00:00:00Z`, { locale })}
          formatter={(bytes) => [formatBytes(Number(bytes), locale), label]}
        />
        <Area
          type="monotone"
          dataKey="storageBytes"
          stroke="var(--accent-vivid)"
          strokeWidth={2}
          fill="var(--accent-soft)"
          isAnimationActive={false}
        />
      </AreaChart>
    </ResponsiveContainer>
  );
}

interface StepsChartProps {
  steps: readonly { label: string; people: number; step: number }[];
  label: string;
}

/** How many people there are in each step; amber and red as the bars of quotas are. */
export function StepsChart({ steps, label }: StepsChartProps) {
  const locale = useLocale();
  const colourOf = (step: number) =>
    step === steps.length - 1 ? "var(--danger-vivid)" : step >= 8 ? "var(--warning)" : "var(--accent-vivid)";
  const data = steps.map((one) => ({ ...one, fill: colourOf(one.step) }));
  return (
    <ResponsiveContainer width="100%" height="100%">
      <BarChart data={data} margin={{ top: 8, right: 8, bottom: 0, left: 0 }} accessibilityLayer={false}>
        <CartesianGrid vertical={false} stroke="var(--line)" />
        <XAxis dataKey="label" interval="preserveStartEnd" minTickGap={8} {...axis} />
        <YAxis
          allowDecimals={false}
          tickFormatter={(people: number) =>
            new Intl.NumberFormat(locale, { notation: "compact" }).format(people)
          }
          width={40}
          {...axis}
        />
        <Tooltip
          {...tip}
          formatter={(people) => [new Intl.NumberFormat(locale).format(Number(people)), label]}
        />
        <Bar dataKey="people" radius={[3, 3, 0, 0]} isAnimationActive={false} />
      </BarChart>
    </ResponsiveContainer>
  );
}
