"use client";
import { useInfiniteQuery } from "@tanstack/react-query";
import { ChevronRight, Plus, Search, UsersRound } from "lucide-react";
import { useTranslations } from "next-intl";
import Link from "next/link";
import { useDeferredValue, useRef, useState } from "react";
import { itemsOf } from "#components/list-pages.ts";
import { SettingsFrame } from "#components/settings/settings-frame.tsx";
import { Button } from "#components/ui/button.tsx";
import { Card } from "#components/ui/card.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { ErrorState } from "#components/ui/error-state.tsx";
import { LoadMore } from "#components/ui/load-more.tsx";
import { SearchField } from "#components/ui/search-field.tsx";
import type { GroupView } from "#lib/groups/schema.ts";
import { CreateGroupDialog } from "./create-group-dialog.tsx";
import { GroupCounts } from "./group-counts.tsx";
import { Row, RowIcon, RowsSkeleton } from "./group-rows.tsx";
import { groupListQuery } from "./queries.ts";

/** The groups of the workspace: administrators make them, members look. */
export function GroupsPage() {
  const t = useTranslations("groups");
  const [typed, setTyped] = useState("");
  const q = useDeferredValue(typed.trim());
  const list = useRef<HTMLUListElement>(null);
  const [isCreating, setCreating] = useState(false);
  const all = useInfiniteQuery(groupListQuery());
  const query = useInfiniteQuery(groupListQuery(q));
  const canEdit = all.data?.pages[0]?.abilities.canEdit ?? false;
  const isWithoutAny = itemsOf(all.data).length === 0;
  const groups = itemsOf(query.data);
  const create = canEdit && (
    <Button variant="primary" onClick={() => setCreating(true)}>
      <Plus aria-hidden />
      {t("create")}
    </Button>
  );
  return (
    <SettingsFrame crumbs={[{ label: t("title") }]} actions={!isWithoutAny && create}>
      <h1 className="font-serif text-xl font-medium">{t("title")}</h1>
      <p className="text-ink-muted mt-1 mb-6 text-pretty">
        {all.data && !canEdit ? t("readOnly") : t("intro")}
      </p>
      {all.isError && !all.data ? (
        <ErrorState error={all.error} title={t("failed")} onRetry={() => void all.refetch()} />
      ) : all.isPending ? (
        <Card className="px-5 py-1">
          <RowsSkeleton count={4} />
        </Card>
      ) : isWithoutAny ? (
        <div className="border-line rounded-lg border border-dashed">
          <EmptyState
            icon={<UsersRound />}
            title={t("emptyTitle")}
            text={canEdit ? t("emptyText") : t("emptyForMembers")}
            action={create}
          />
        </div>
      ) : (
        <>
          <SearchField label={t("find")} value={typed} onChange={setTyped} className="mb-3" />
          <Card className="px-5 py-1">
            {query.isPending ? (
              <RowsSkeleton />
            ) : query.isError && !query.data ? (
              <ErrorState error={query.error} title={t("failed")} onRetry={() => void query.refetch()} />
            ) : groups.length === 0 ? (
              <EmptyState icon={<Search />} title={t("noMatch")} text={t("noMatchText")} />
            ) : (
              <ul ref={list} aria-label={t("title")} className="divide-line divide-y">
                {groups.map((group) => (
                  <li key={group.id}>
                    <GroupLink group={group} />
                  </li>
                ))}
              </ul>
            )}
          </Card>
          <LoadMore query={query} list={list} className="mt-4 text-center" />
        </>
      )}
      {isCreating && <CreateGroupDialog onClose={() => setCreating(false)} />}
    </SettingsFrame>
  );
}

function GroupLink({ group }: { group: GroupView }) {
  return (
    <Link
      href={`/settings/groups/${group.id}`}
      prefetch={false}
      className="hover:bg-hover -mx-5 block px-5 transition-colors"
    >
      <Row
        icon={
          <RowIcon>
            <UsersRound />
          </RowIcon>
        }
        title={group.name}
        facts={
          <>
            <GroupCounts group={group} />
            {group.description && (
              <span className="line-clamp-1 @max-[30rem]:hidden">{group.description}</span>
            )}
          </>
        }
        action={<ChevronRight aria-hidden className="text-ink-faint size-4 shrink-0" />}
      />
    </Link>
  );
}
