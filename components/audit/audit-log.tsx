"use client";
import { useInfiniteQuery } from "@tanstack/react-query";
import { ChevronRight, Download, ScrollText, Search, X } from "lucide-react";
import { useLocale, useTimeZone, useTranslations } from "next-intl";
import { useRef, useState } from "react";
import { RowsSkeleton } from "#components/groups/group-rows.tsx";
import { itemsOf } from "#components/list-pages.ts";
import { Button } from "#components/ui/button.tsx";
import { Card } from "#components/ui/card.tsx";
import { DropdownMenu, MenuItem } from "#components/ui/dropdown-menu.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { ErrorState } from "#components/ui/error-state.tsx";
import { Field } from "#components/ui/field.tsx";
import { Input } from "#components/ui/input.tsx";
import { LoadMore } from "#components/ui/load-more.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { Select } from "#components/ui/select.tsx";
import type { AuditEntryView } from "#lib/audit/schema.ts";
import { auditTopicNames } from "#lib/audit/values.ts";
import { formatDate } from "#lib/i18n/format.ts";
import { type AuditFilters, auditExportPath, auditQuery, type AuditScope } from "./queries.ts";
import { useSentence, whoActed } from "./sentence.ts";

interface Narrowed {
  topic: string;
  from: string;
  to: string;
  actor: { id: string; name: string } | null;
  thing: { id: string; name: string } | null;
}
const everything: Narrowed = { topic: "all", from: "", to: "", actor: null, thing: null };

/** Days as they are chosen, in the reader's own time; the last one is part of it. */
const filtersOf = ({ topic, from, to, actor, thing }: Narrowed): AuditFilters => ({
  ...(topic !== "all" && { action: topic }),
  ...(actor && { actorId: actor.id }),
  ...(thing && { resourceId: thing.id }),
  ...(from && { from: new Date(`${from}T00:00:00`).toISOString() }),
  ...(to && { to: new Date(new Date(`${to}T00:00:00`).getTime() + 86_400_000).toISOString() }),
});

/** The log of a collection or a workspace: filters, sentences from new to old, and a file to take along. */
export function AuditLog({ scope }: { scope: AuditScope }) {
  const t = useTranslations("audit");
  const [narrowed, setNarrowed] = useState(everything);
  const filters = filtersOf(narrowed);
  const query = useInfiniteQuery(auditQuery(scope, filters));
  const entries = itemsOf(query.data);
  const list = useRef<HTMLDivElement>(null);
  const isNarrowed = Object.keys(filters).length > 0;
  const narrow = (change: Partial<Narrowed>) => setNarrowed((now) => ({ ...now, ...change }));
  return (
    <div>
      <div role="group" aria-label={t("filters.label")} className="mb-3 flex flex-wrap items-end gap-3">
        <Field label={t("filters.what")}>
          {(field) => (
            <Select
              {...field}
              value={narrowed.topic}
              onValueChange={(topic) => narrow({ topic })}
              options={[
                { value: "all", label: t("filters.all") },
                ...auditTopicNames.map((name) => ({ value: name, label: t(`filters.topics.${name}`) })),
              ]}
              className="w-56"
            />
          )}
        </Field>
        {(["from", "to"] as const).map((side) => (
          <Field key={side} label={t(`filters.${side}`)}>
            {(field) => (
              <Input
                {...field}
                type="date"
                value={narrowed[side]}
                onChange={(event) => narrow({ [side]: event.target.value })}
              />
            )}
          </Field>
        ))}
        <div className="ml-auto">
          <ExportMenu scope={scope} filters={filters} />
        </div>
      </div>
      {(narrowed.actor || narrowed.thing || isNarrowed) && (
        <div className="mb-3 flex flex-wrap items-center gap-2">
          {narrowed.actor && (
            <Chosen
              label={t("filters.onlyWho", { name: narrowed.actor.name })}
              onRemove={() => narrow({ actor: null })}
            />
          )}
          {narrowed.thing && (
            <Chosen
              label={t("filters.thing", { name: narrowed.thing.name })}
              onRemove={() => narrow({ thing: null })}
            />
          )}
          <Button size="sm" variant="ghost" onClick={() => setNarrowed(everything)}>
            {t("filters.clear")}
          </Button>
        </div>
      )}
      <Card className="px-5 py-1">
        <div ref={list} tabIndex={-1} className="rounded-md">
          {query.isPending ? (
            <RowsSkeleton count={6} />
          ) : query.isError && !query.data ? (
            <ErrorState error={query.error} title={t("failed")} onRetry={() => void query.refetch()} />
          ) : entries.length === 0 ? (
            query.hasNextPage ? (
              <p className="text-ink-muted py-6 text-center">{t("searchOn")}</p>
            ) : (
              <EmptyState
                icon={isNarrowed ? <Search /> : <ScrollText />}
                title={t(isNarrowed ? "noMatch" : "empty")}
                text={t(isNarrowed ? "noMatchText" : "emptyText")}
              />
            )
          ) : (
            <ul aria-label={t("list")} className="divide-line divide-y">
              {entries.map((entry) => (
                <li key={entry.id}>
                  <Entry entry={entry} onNarrow={narrow} />
                </li>
              ))}
            </ul>
          )}
        </div>
      </Card>
      <LoadMore query={query} list={list} className="mt-4 text-center" />
    </div>
  );
}

function Chosen({ label, onRemove }: { label: string; onRemove: () => void }) {
  return (
    <Button size="sm" onClick={onRemove}>
      {label}
      <X aria-hidden />
    </Button>
  );
}

function ExportMenu({ scope, filters }: { scope: AuditScope; filters: AuditFilters }) {
  const t = useTranslations("audit");
  const names = { csv: "exportCsv", jsonl: "exportJsonl" } as const;
  return (
    <DropdownMenu
      trigger={
        <Button>
          <Download aria-hidden />
          {t("export")}
        </Button>
      }
    >
      {(["csv", "jsonl"] as const).map((format) => (
        <MenuItem
          key={format}
          onSelect={() => window.location.assign(auditExportPath(scope, filters, format))}
        >
          {t(names[format])}
        </MenuItem>
      ))}
    </DropdownMenu>
  );
}

interface EntryProps {
  entry: AuditEntryView;
  onNarrow: (change: Partial<Narrowed>) => void;
}

/** One entry: the sentence and when; the rest is folded. */
function Entry({ entry, onNarrow }: EntryProps) {
  const t = useTranslations("audit");
  const sentence = useSentence();
  const { actor, resource, ip } = entry;
  return (
    <details className="group">
      <summary className="flex min-h-12 cursor-pointer list-none items-center gap-3 py-2 [&::-webkit-details-marker]:hidden">
        <ChevronRight
          aria-hidden
          className="text-ink-faint size-4 shrink-0 transition-transform group-open:rotate-90"
        />
        <span className="min-w-0 flex-1">
          <span className="block wrap-anywhere">{sentence(entry)}</span>
          <span className="text-ink-muted block text-sm">
            <RelativeTime value={entry.timestamp} />
            {ip && <span> · {ip}</span>}
          </span>
        </span>
      </summary>
      <div className="pb-4 pl-7">
        <Facts entry={entry} />
        <div className="mt-3 flex flex-wrap gap-2">
          {actor.kind === "user" && actor.id && (
            <Button
              size="sm"
              onClick={() => onNarrow({ actor: { id: actor.id!, name: whoActed(entry, t) } })}
            >
              {t("filters.onlyWho", { name: whoActed(entry, t) })}
            </Button>
          )}
          {resource?.id && resource.name && (
            <Button size="sm" onClick={() => onNarrow({ thing: { id: resource.id!, name: resource.name! } })}>
              {t("filters.onlyThing")}
            </Button>
          )}
        </div>
      </div>
    </details>
  );
}

function Facts({ entry }: { entry: AuditEntryView }) {
  const t = useTranslations("audit");
  const locale = useLocale();
  const timeZone = useTimeZone();
  const { actor, collection, metadata } = entry;
  const isTold = metadata !== null && typeof metadata === "object" && Object.keys(metadata).length > 0;
  const facts: [label: string, value: string | null][] = [
    [t("when"), formatDate(entry.timestamp, { locale, timeZone, style: "dateTime" })],
    [t("by"), whoActed(entry, t)],
    [t("address"), actor.email],
    [t("from"), entry.ip],
    [t("in"), collection?.name ?? null],
    [t("number"), entry.seq === null ? t("unsealed") : String(entry.seq)],
    [t("request"), entry.requestId],
  ];
  return (
    <>
      <dl className="grid grid-cols-[auto_1fr] gap-x-4 gap-y-1 text-sm max-sm:grid-cols-1">
        {facts.flatMap(([label, value]) =>
          value
            ? [
                <dt key={label} className="text-ink-muted">
                  {label}
                </dt>,
                <dd key={`${label} value`} className="wrap-anywhere max-sm:mb-1">
                  {value}
                </dd>,
              ]
            : [],
        )}
      </dl>
      {entry.isHidden && <p className="text-ink-muted mt-2 text-sm">{t("hidden")}</p>}
      {isTold && (
        <pre
          tabIndex={0}
          aria-label={t("data")}
          className="bg-sunken mt-3 max-h-60 overflow-auto rounded-md p-3 text-xs whitespace-pre-wrap"
        >
          {JSON.stringify(metadata, null, 2)}
        </pre>
      )}
    </>
  );
}
