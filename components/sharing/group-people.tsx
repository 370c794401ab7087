"use client";
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { UsersRound } from "lucide-react";
import { useTranslations } from "next-intl";
import Link from "next/link";
import { useRef } from "react";
import { groupMembersQuery, groupQuery } from "#components/groups/queries.ts";
import { itemsOf } from "#components/list-pages.ts";
import { Avatar } from "#components/ui/avatar.tsx";
import { LoadMore } from "#components/ui/load-more.tsx";
import { Skeleton } from "#components/ui/skeleton.tsx";
import type { GrantView } from "#lib/sharing/schema.ts";
import { Problem } from "./problem.tsx";

/** Who is in a group: its own people, page by page, and the groups in it. */
export function GroupPeople({ group }: { group: NonNullable<GrantView["group"]> }) {
  const t = useTranslations("share");
  const list = useRef<HTMLUListElement>(null);
  const members = useInfiniteQuery(groupMembersQuery(group.id));
  const detail = useQuery(groupQuery(group.id));
  const people = itemsOf(members.data);
  const nested = detail.data?.nested ?? [];
  const error = members.error ?? detail.error;
  return (
    <div aria-busy={members.isPending} className="border-line mb-2 ml-3.5 border-l pl-6.5">
      {members.isPending && <Skeleton className="my-2 h-3.5 w-40" />}
      {error && !members.data && <Problem error={error} className="py-1" />}
      <ul ref={list} aria-label={t("membersOf", { name: group.name })}>
        {nested.map(({ id, name, effectiveCount }) => (
          <li key={id} className="flex min-h-9 items-center gap-2.5 text-sm">
            <UsersRound aria-hidden className="text-ink-muted mx-1 size-4 shrink-0" />
            <span className="min-w-0 truncate">{name}</span>
            <span className="text-ink-muted shrink-0">{t("groupPeople", { count: effectiveCount })}</span>
          </li>
        ))}
        {people.map(({ id, name, email }) => (
          <li key={id} className="flex min-h-9 items-center gap-2.5 text-sm">
            <Avatar id={id} name={name} size="sm" />
            <span className="max-w-3/5 shrink-0 truncate">{name}</span>
            <span className="text-ink-muted min-w-0 truncate">{email}</span>
          </li>
        ))}
      </ul>
      {members.data && detail.data && people.length + nested.length === 0 && (
        <p className="text-ink-muted py-1.5 text-sm">{t("groupEmpty")}</p>
      )}
      <LoadMore query={members} list={list} size="sm" />
      {members.data && (
        <Link
          href={`/settings/groups/${group.id}`}
          className="text-accent-ink inline-flex min-h-8 items-center rounded-sm text-sm font-medium hover:underline"
        >
          {t("openGroup")}
        </Link>
      )}
    </div>
  );
}
