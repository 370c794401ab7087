"use client";
import { useInfiniteQuery } from "@tanstack/react-query";
import { UsersRound } from "lucide-react";
import { useTranslations } from "next-intl";
import { useDeferredValue, useRef, useState } from "react";
import { ApiError } from "#components/api-error.ts";
import { itemsOf } from "#components/list-pages.ts";
import { Dialog } from "#components/ui/dialog.tsx";
import { ErrorState } from "#components/ui/error-state.tsx";
import { LoadMore } from "#components/ui/load-more.tsx";
import { SearchField } from "#components/ui/search-field.tsx";
import { Spinner } from "#components/ui/spinner.tsx";
import { useErrorText } from "#components/use-error-text.ts";
import type { GroupDetailView, GroupView } from "#lib/groups/schema.ts";
import { GroupCounts } from "./group-counts.tsx";
import { Row, RowIcon, RowsSkeleton } from "./group-rows.tsx";
import { groupListQuery, useNestGroup } from "./queries.ts";

/** Offers the groups that can be put into this one. */
export function AddNestedDialog({ group, onClose }: { group: GroupDetailView; onClose: () => void }) {
  const t = useTranslations("groups.nested");
  const groups = useTranslations("groups");
  const textOf = useErrorText();
  const [typed, setTyped] = useState("");
  const query = useInfiniteQuery(groupListQuery(useDeferredValue(typed.trim())));
  const list = useRef<HTMLUListElement>(null);
  const nest = useNestGroup(group.id);
  const taken = new Set([group.id, ...group.nested.map(({ id }) => id)]);
  const offered = itemsOf(query.data).filter(({ id }) => !taken.has(id));

  function problemOf(error: unknown): string {
    const path = error instanceof ApiError ? error.details.path : undefined;
    if (!Array.isArray(path) || path.length === 0) return textOf(error);
    const names = path.map(({ name }) => String(name));
    return t("cycle", { name: names[0]!, path: names.join(" › ") });
  }
  return (
    <Dialog
      isOpen
      onOpenChange={(isOpen) => !isOpen && onClose()}
      title={t("addTitle", { name: group.name })}
      description={t("addDescription", { name: group.name })}
    >
      {/* room for the focus ring, which the scrolling part would cut */}
      <div className="pt-1">
        <SearchField label={groups("find")} value={typed} onChange={setTyped} hasFocus />
      </div>
      <div role="alert" className="text-danger-ink mt-2 text-sm wrap-anywhere empty:hidden">
        {nest.error && problemOf(nest.error)}
      </div>
      <div className="mt-2 min-h-50">
        {query.isPending ? (
          <RowsSkeleton />
        ) : query.isError && !query.data ? (
          <ErrorState error={query.error} title={groups("failed")} onRetry={() => void query.refetch()} />
        ) : offered.length === 0 && !query.hasNextPage ? (
          <p className="text-ink-muted py-4 text-center">{typed.trim() ? groups("noMatch") : t("none")}</p>
        ) : (
          <ul ref={list} aria-label={groups("title")}>
            {offered.map((other) => (
              <li key={other.id}>
                <Offer
                  group={other}
                  isBusy={nest.isPending && nest.variables.id === other.id}
                  onPick={() => !nest.isPending && nest.mutate(other, { onSuccess: onClose })}
                />
              </li>
            ))}
          </ul>
        )}
        <LoadMore query={query} list={list} className="mt-2 text-center" />
      </div>
    </Dialog>
  );
}

interface OfferProps {
  group: GroupView;
  isBusy: boolean;
  onPick: () => void;
}

function Offer({ group, isBusy, onPick }: OfferProps) {
  return (
    <button
      type="button"
      onClick={onPick}
      className="hover:bg-hover -mx-2 block w-[calc(100%+1rem)] rounded-md px-2 text-left transition-colors"
    >
      <Row
        icon={<RowIcon>{isBusy ? <Spinner /> : <UsersRound />}</RowIcon>}
        title={group.name}
        facts={<GroupCounts group={group} />}
      />
    </button>
  );
}
