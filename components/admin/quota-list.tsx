"use client";
import { useInfiniteQuery } from "@tanstack/react-query";
import { Download, Pencil, Search } from "lucide-react";
import { useLocale, useTimeZone, useTranslations } from "next-intl";
import { useDeferredValue, useRef, useState } from "react";
import { RowsSkeleton } from "#components/groups/group-rows.tsx";
import { itemsOf } from "#components/list-pages.ts";
import { Badge } from "#components/ui/badge.tsx";
import { Button } from "#components/ui/button.tsx";
import { Card } from "#components/ui/card.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { ErrorState } from "#components/ui/error-state.tsx";
import { IconButton } from "#components/ui/icon-button.tsx";
import { LoadMore } from "#components/ui/load-more.tsx";
import { Meter } from "#components/ui/meter.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { SearchField } from "#components/ui/search-field.tsx";
import { Select } from "#components/ui/select.tsx";
import { formatDate, formatUsage } from "#lib/i18n/format.ts";
import type { QuotaPersonView, QuotaSummaryView } from "#lib/quota/schema.ts";
import { quotaLevel, quotaSorts, type QuotaState, quotaStates } from "#lib/quota/values.ts";
import { everybody, quotaExportPath, type QuotaFilters, quotaListQuery } from "./queries.ts";
import { QuotaSheet } from "./quota-sheet.tsx";
import { tierName } from "./tier-name.ts";

/** Everybody with what they use: searched, narrowed, sorted, taken along as a file, and each to be changed. */
export function QuotaList({ tiers }: { tiers: QuotaSummaryView["tiers"] }) {
  const t = useTranslations("admin.quotas.list");
  const [typed, setTyped] = useState("");
  const q = useDeferredValue(typed.trim());
  const [chosen, setChosen] = useState<Omit<QuotaFilters, "q">>(everybody);
  const filters = { ...chosen, q };
  const query = useInfiniteQuery(quotaListQuery(filters));
  const people = itemsOf(query.data);
  const list = useRef<HTMLDivElement>(null);
  const [edited, setEdited] = useState<QuotaPersonView | null>(null);
  const choose = (change: Partial<QuotaFilters>) => setChosen((before) => ({ ...before, ...change }));
  return (
    <section aria-label={t("label")}>
      <div className="mb-3 flex flex-wrap items-center gap-2">
        <SearchField label={t("find")} value={typed} onChange={setTyped} className="min-w-56 flex-1" />
        <Select<QuotaState>
          aria-label={t("state")}
          value={chosen.state}
          onValueChange={(state) => choose({ state })}
          options={quotaStates.map((value) => ({ value, label: t(`states.${value}`) }))}
        />
        <Select
          aria-label={t("tier")}
          value={chosen.tier ?? "all"}
          onValueChange={(tier) =>
            setChosen(({ tier: _, ...rest }) => (tier === "all" ? rest : { ...rest, tier }))
          }
          options={[
            { value: "all", label: t("allTiers") },
            ...tiers.map(({ name }) => ({ value: name, label: tierName(name) })),
          ]}
        />
        <Select
          aria-label={t("sort")}
          value={chosen.sort}
          onValueChange={(sort) => choose({ sort })}
          options={quotaSorts.map((value) => ({ value, label: t(`sorts.${value}`) }))}
        />
        <Button onClick={() => window.location.assign(quotaExportPath(filters))}>
          <Download aria-hidden />
          {t("export")}
        </Button>
      </div>
      <Card className="@container px-5 py-1 max-sm:px-4">
        <div ref={list} tabIndex={-1} className="rounded-md">
          {query.isPending ? (
            <RowsSkeleton count={6} />
          ) : query.isError && !query.data ? (
            <ErrorState error={query.error} title={t("failed")} onRetry={() => void query.refetch()} />
          ) : people.length === 0 ? (
            <EmptyState icon={<Search />} title={t("noMatch")} text={t("noMatchText")} />
          ) : (
            <ul aria-label={t("label")} className="divide-line divide-y">
              {people.map((person) => (
                <li key={person.id}>
                  <PersonRow person={person} onEdit={() => setEdited(person)} />
                </li>
              ))}
            </ul>
          )}
        </div>
      </Card>
      <LoadMore query={query} list={list} className="mt-4 text-center" />
      {edited && <QuotaSheet person={edited} tiers={tiers} onClose={() => setEdited(null)} />}
    </section>
  );
}

function PersonRow({ person, onEdit }: { person: QuotaPersonView; onEdit: () => void }) {
  const t = useTranslations("admin.quotas.list");
  const common = useTranslations("common");
  const locale = useLocale();
  const timeZone = useTimeZone();
  const { name, email, workspaceName, tier, overrides, storageBytes, documents, collections } = person;
  const { endsAt, reason, ...limits } = overrides;
  const hasOwn = Object.values(limits).some((limit) => limit !== null);
  const count = (value: number) => new Intl.NumberFormat(locale).format(value);
  const meters = [
    ["stored", storageBytes, common("usage", formatUsage(storageBytes.used, storageBytes.limit, locale))],
    ["documents", documents, common("usage", { used: count(documents.used), limit: count(documents.limit) })],
    [
      "collections",
      collections,
      common("usage", { used: count(collections.used), limit: count(collections.limit) }),
    ],
  ] as const;
  return (
    <div className="flex items-start gap-4 py-3 @max-2xl:flex-wrap">
      <div className="min-w-0 flex-1 basis-56">
        <p className="flex flex-wrap items-center gap-x-2 gap-y-1">
          <span className="min-w-0 font-medium wrap-anywhere">{name}</span>
          <Badge tone={tier === "free" ? "neutral" : "accent"}>{tierName(tier)}</Badge>
          {hasOwn && (
            <span title={reason ?? undefined}>
              <Badge tone="warning">
                {endsAt ? t("ownUntil", { date: formatDate(endsAt, { locale, timeZone }) }) : t("own")}
              </Badge>
            </span>
          )}
          {person.isSuspended && <Badge tone="danger">{t("suspended")}</Badge>}
        </p>
        <p className="text-ink-muted text-sm wrap-anywhere">
          {email}
          {workspaceName && ` · ${workspaceName}`}
        </p>
        <p className="text-ink-muted text-sm">
          {t("active")}: {person.lastActiveAt ? <RelativeTime value={person.lastActiveAt} /> : t("never")}
        </p>
      </div>
      <ul className="grid flex-2 basis-96 grid-cols-3 gap-4 @max-2xl:order-last @max-2xl:basis-full @max-md:grid-cols-1 @max-md:gap-2">
        {meters.map(([label, { used, limit }, words]) => (
          <li key={label} className="min-w-0">
            <p className="mb-1.5 flex flex-wrap justify-between gap-x-2 text-sm">
              <span className="text-ink-muted">{t(label)}</span>
              <span className="tabular-nums">{words}</span>
            </p>
            <Meter
              used={used}
              limit={limit}
              level={quotaLevel({ used, limit })}
              label={t(label)}
              valueText={words}
            />
          </li>
        ))}
      </ul>
      <IconButton label={t("edit", { name })} icon={<Pencil />} onClick={onEdit} />
    </div>
  );
}
