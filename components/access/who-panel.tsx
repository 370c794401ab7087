"use client";
import { useInfiniteQuery } from "@tanstack/react-query";
import { Building2, ChevronRight, Globe } from "lucide-react";
import { useTranslations } from "next-intl";
import { useEffect, useRef } from "react";
import { IconCircle } from "#components/sharing/icon-circle.tsx";
import type { SharedThing } from "#components/sharing/shared-thing.ts";
import { Avatar } from "#components/ui/avatar.tsx";
import { Badge } from "#components/ui/badge.tsx";
import { Button } from "#components/ui/button.tsx";
import { ErrorState } from "#components/ui/error-state.tsx";
import { Skeleton } from "#components/ui/skeleton.tsx";
import type { AccessPathView, PersonAccessView } from "#lib/sharing/access-schema.ts";
import { AskField } from "./ask-field.tsx";
import { accessQuery, type Whose } from "./queries.ts";
import { useResultText } from "./result-text.ts";
import { useSourceText } from "./source-text.ts";

/** From most to least; people with rights that no built-in role holds come last. */
const standings = ["owner", "editor", "commenter", "viewer", "other"] as const;

interface WhoPanelProps {
  thing: SharedThing;
  onExplain: (whose: Whose) => void;
}

/** Everybody who can open something: how many, then each with what they can do and by which way. */
export function WhoPanel({ thing, onExplain }: WhoPanelProps) {
  const t = useTranslations("access");
  const common = useTranslations("common");
  const query = useInfiniteQuery(accessQuery(thing));
  const people = query.data?.pages.flatMap(({ items }) => items) ?? [];
  const general = query.data?.pages[0]?.general ?? [];
  const groups = standings
    .map((standing) => ({ standing, people: people.filter(({ role }) => (role ?? "other") === standing) }))
    .filter((group) => group.people.length > 0);
  const intro = useRef<HTMLParagraphElement>(null);
  useEffect(() => intro.current?.focus(), []);
  return (
    <div aria-busy={query.isPending} className="flex flex-col gap-5">
      <p ref={intro} tabIndex={-1} className="outline-none">
        {query.data && (
          <span className="block font-medium">
            {t(query.hasNextPage ? "resultMany" : "result", { count: people.length, type: thing.type })}
          </span>
        )}
        <span className="text-ink-muted block text-sm">{t("hint")}</span>
      </p>
      {query.isPending && <RowsSkeleton />}
      {query.isError && !query.data && (
        <ErrorState error={query.error} title={t("failed")} onRetry={() => void query.refetch()} />
      )}
      {general.length > 0 && <General thing={thing} paths={general} />}
      {groups.map(({ standing, people }) => (
        <section key={standing}>
          <h3 className="mb-1 text-sm font-semibold">
            {t(`standing.${standing}`)}
            {/* what is loaded so far would read as a total */}
            {!query.hasNextPage && (
              <span className="text-ink-muted ml-2 font-normal tabular-nums">{people.length}</span>
            )}
          </h3>
          <ul aria-label={t(`standing.${standing}`)}>
            {people.map((access) => (
              <PersonRow
                key={access.person.id ?? access.person.email}
                thing={thing}
                access={access}
                onExplain={onExplain}
              />
            ))}
          </ul>
        </section>
      ))}
      {query.hasNextPage && (
        <div className="text-center">
          {query.isFetchNextPageError && <p className="text-danger-ink mb-2 text-sm">{t("failed")}</p>}
          <Button isBusy={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
            {common("loadMore")}
          </Button>
        </div>
      )}
      <AskField onAsk={onExplain} />
    </div>
  );
}

function General({ thing, paths }: { thing: SharedThing; paths: AccessPathView[] }) {
  const t = useTranslations("access");
  const sourceOf = useSourceText(thing);
  return (
    <section>
      <h3 className="mb-1 text-sm font-semibold">{t("general")}</h3>
      <ul aria-label={t("general")}>
        {paths.map((path) => (
          <li key={path.grantId} className="flex min-h-12 items-center gap-3 py-1.5">
            <IconCircle>{path.via === "everyone" ? <Globe /> : <Building2 />}</IconCircle>
            <span className="min-w-0 flex-1">
              <span className="block font-medium">
                {path.via === "everyone" ? t("anyone") : t("wholeWorkspace", thing.workspace)}
              </span>
              <span className="text-ink-muted block text-sm">{sourceOf(path)}</span>
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}

function PersonRow({
  thing,
  access,
  onExplain,
}: {
  thing: SharedThing;
  access: PersonAccessView;
  onExplain: (whose: Whose) => void;
}) {
  const t = useTranslations("access");
  const common = useTranslations("common");
  const resultOf = useResultText(thing);
  const { person } = access;
  const name = person.name ?? person.email;
  const whose = person.id ? { userId: person.id } : { email: person.email };
  return (
    <li>
      <button
        type="button"
        onClick={() => onExplain(whose)}
        className="hover:bg-hover -mx-2 flex min-h-12 w-[calc(100%+1rem)] items-center gap-3 rounded-md px-2 py-1.5 text-left transition-colors"
      >
        <Avatar id={person.id ?? person.email} name={name} />
        <span className="min-w-0 flex-1">
          <span className="flex min-w-0 items-center gap-1.5">
            <span className="truncate font-medium">
              {name}
              {person.isYou && <span className="text-ink-muted font-normal"> ({common("you")})</span>}
            </span>
            {person.isGuest && <Badge tone="warning">{t("guest")}</Badge>}
            {person.isPending && <Badge>{t("invited")}</Badge>}
          </span>
          <span className="text-ink-muted block text-sm wrap-anywhere">{resultOf(access, "unnamed")}</span>
        </span>
        <ChevronRight aria-hidden className="text-ink-faint size-4 shrink-0" />
      </button>
    </li>
  );
}

function RowsSkeleton() {
  return (
    <div>
      <Skeleton className="mb-3 h-3.5 w-16" />
      {["w-36", "w-28", "w-44", "w-32"].map((width) => (
        <div key={width} className="flex min-h-12 items-center gap-3 py-1.5">
          <Skeleton className="size-7 rounded-full!" />
          <span className="flex flex-1 flex-col gap-1.5">
            <Skeleton className={`h-3.5 ${width}`} />
            <Skeleton className="h-3 w-52" />
          </span>
        </div>
      ))}
    </div>
  );
}
