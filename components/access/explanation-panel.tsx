"use client";
import { useQuery } from "@tanstack/react-query";
import { Check, Minus } from "lucide-react";
import { useLocale, useTimeZone, useTranslations } from "next-intl";
import { useEffect, useRef } from "react";
import type { SharedThing } from "#components/sharing/shared-thing.ts";
import { Avatar } from "#components/ui/avatar.tsx";
import { Badge } from "#components/ui/badge.tsx";
import { cn } from "#components/ui/cn.ts";
import { ErrorState } from "#components/ui/error-state.tsx";
import { Fold } from "#components/ui/fold.tsx";
import { Skeleton } from "#components/ui/skeleton.tsx";
import type { Permission } from "#lib/authz/permissions.ts";
import { formatDate } from "#lib/i18n/format.ts";
import type { ExplanationView } from "#lib/sharing/access-schema.ts";
import { distinctPaths, PathList } from "./path-list.tsx";
import { useResultText } from "./result-text.ts";
import { explanationQuery, type Whose } from "./queries.ts";
import { useSourceText } from "./source-text.ts";

type Entry = ExplanationView["permissions"][number];

/** Permissions as people think of them. */
const kinds = [
  ["see", ["view_documents"]],
  ["add", ["create_documents"]],
  ["edit", ["edit_documents"]],
  ["remove", ["delete_own_documents", "delete_any_documents"]],
  ["comment", ["add_comments", "suggest_changes", "delete_own_comments", "delete_any_comments"]],
  ["share", ["manage_permissions"]],
  ["use", ["run_jobs", "export_collection", "manage_templates"]],
] as const satisfies readonly (readonly [string, readonly Permission[]])[];

/** What somebody can do and by which way; folded, the whole ways and each permission with its own. */
export function ExplanationPanel({ thing, whose }: { thing: SharedThing; whose: Whose }) {
  const t = useTranslations("access");
  const query = useQuery(explanationQuery(thing, whose));
  const { data } = query;
  const start = useRef<HTMLDivElement>(null);
  useEffect(() => start.current?.focus(), []);
  return (
    // reached by Tab, so that what is long can be scrolled by keys
    <div
      ref={start}
      role="group"
      aria-label={t("explanation")}
      tabIndex={0}
      aria-busy={query.isPending}
      className="-mx-2 flex flex-col gap-5 rounded-md px-2 py-1 -outline-offset-2"
    >
      {query.isPending && <PanelSkeleton />}
      {query.isError && !data && (
        <ErrorState error={query.error} title={t("explainFailed")} onRetry={() => void query.refetch()} />
      )}
      {data && (
        <>
          <Head thing={thing} explanation={data} />
          <div className="flex flex-col gap-1">
            <Fold title={t("pathsTitle")}>
              <PathList paths={distinctPaths(data)} person={data.person} thing={thing} />
            </Fold>
            <Fold title={t("permissionsTitle")}>
              <Permissions thing={thing} explanation={data} />
            </Fold>
          </div>
        </>
      )}
    </div>
  );
}

function Head({ thing, explanation }: { thing: SharedThing; explanation: ExplanationView }) {
  const t = useTranslations("access");
  const common = useTranslations("common");
  const resultOf = useResultText(thing);
  const reasonOf = useReasonText(explanation.accessMode);
  const { person, role, permissions, isSuspended, isTrashed } = explanation;
  const name = person.name ?? person.email;
  const allowed = permissions.filter(({ isAllowed }) => isAllowed).map(({ permission }) => permission);
  const reading = permissions.find(({ permission }) => permission === "view_documents");
  const isIn = reading?.isAllowed === true;
  const sources = distinctPaths(explanation).filter(({ state }) => state === "active");
  return (
    <div>
      <div className="flex items-center gap-3">
        <Avatar id={person.id ?? person.email} name={name} size="lg" />
        <span className="min-w-0 flex-1">
          <span className="flex min-w-0 items-center gap-1.5">
            <span className="text-md truncate font-semibold">
              {name}
              {person.isYou && <span className="text-ink-muted font-normal"> ({common("you")})</span>}
            </span>
            {person.isGuest && <Badge tone="warning">{t("guest")}</Badge>}
          </span>
          {person.name && <span className="text-ink-muted block truncate text-sm">{person.email}</span>}
          {person.isPending && isIn && <span className="text-ink-muted block text-sm">{t("pending")}</span>}
        </span>
      </div>
      <p className="mt-3 text-pretty wrap-anywhere">
        {t("sentence", { text: resultOf({ person, role, permissions: allowed, sources }, "named") })}
        {reading && !isIn && !isSuspended && !isTrashed && ` ${reasonOf(reading)}`}
      </p>
      {(isSuspended || isTrashed) && (
        <p className="bg-warning-soft text-warning-ink mt-3 rounded-md px-3 py-2 text-sm">
          {t(isSuspended ? "suspended" : "trashed")}
        </p>
      )}
    </div>
  );
}

function Permissions({ thing, explanation }: { thing: SharedThing; explanation: ExplanationView }) {
  const t = useTranslations("access");
  const entries = new Map(explanation.permissions.map((entry) => [entry.permission, entry]));
  return (
    <dl className="divide-line divide-y">
      {kinds.map(([kind, permissions]) => (
        <div key={kind} className="grid gap-x-4 py-2 sm:grid-cols-[6.5rem_minmax(0,1fr)]">
          <dt className="text-ink-muted py-0.5 text-sm">{t(`kinds.${kind}`)}</dt>
          <dd>
            <ul>
              {permissions.map((permission) => (
                <PermissionRow
                  key={permission}
                  thing={thing}
                  entry={entries.get(permission)!}
                  accessMode={explanation.accessMode}
                />
              ))}
            </ul>
          </dd>
        </div>
      ))}
    </dl>
  );
}

function PermissionRow({
  thing,
  entry,
  accessMode,
}: {
  thing: SharedThing;
  entry: Entry;
  accessMode: ExplanationView["accessMode"];
}) {
  const t = useTranslations("access");
  const sourceOf = useSourceText(thing);
  const reasonOf = useReasonText(accessMode);
  const { permission, isAllowed, paths } = entry;
  const active = paths.filter(({ state }) => state === "active");
  return (
    <li className="flex items-start gap-2 py-0.5">
      {isAllowed ? (
        <Check aria-hidden className="text-success mt-0.5 size-4 shrink-0" strokeWidth={2.5} />
      ) : (
        <Minus aria-hidden className="text-ink-faint mt-0.5 size-4 shrink-0" />
      )}
      <span className="min-w-0">
        <span className="sr-only">{t(isAllowed ? "allowed" : "refused")} </span>
        <span className={cn(!isAllowed && "text-ink-muted")}>{t(`permissions.${permission}`)}</span>
        <span className="text-ink-muted block text-sm wrap-anywhere">
          {isAllowed ? [...new Set(active.map(sourceOf))].join(" · ") : reasonOf(entry)}
        </span>
      </span>
    </li>
  );
}

/** Why a permission is refused, in a sentence. */
function useReasonText(accessMode: ExplanationView["accessMode"]): (entry: Entry) => string {
  const t = useTranslations("access.because");
  const locale = useLocale();
  const timeZone = useTimeZone();
  return ({ because, paths }) => {
    if (because === null || because === "no_grant") return t("no_grant");
    if (because === "access_mode") return t(accessMode === "private" ? "private" : "invite");
    if (because !== "expired") return t(because);
    const last = paths
      .flatMap(({ expiresAt }) => expiresAt ?? [])
      .toSorted()
      .at(-1);
    return last ? t("expired", { date: formatDate(last, { locale, timeZone }) }) : t("no_grant");
  };
}

function PanelSkeleton() {
  return (
    <>
      <div className="flex items-center gap-3">
        <Skeleton className="size-10 rounded-full!" />
        <span className="flex flex-1 flex-col gap-1.5">
          <Skeleton className="h-4 w-36" />
          <Skeleton className="h-3 w-48" />
        </span>
      </div>
      <Skeleton className="h-20 w-full" />
      {["w-56", "w-48", "w-64", "w-52"].map((width) => (
        <Skeleton key={width} className={`h-3.5 ${width}`} />
      ))}
    </>
  );
}
