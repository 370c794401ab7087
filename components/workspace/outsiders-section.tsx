"use client";
import { useInfiniteQuery } from "@tanstack/react-query";
import { CircleUserRound } from "lucide-react";
import { useTranslations } from "next-intl";
import { useRef } from "react";
import { Row, RowsSkeleton } from "#components/groups/group-rows.tsx";
import { itemsOf } from "#components/list-pages.ts";
import { Avatar } from "#components/ui/avatar.tsx";
import { Badge } from "#components/ui/badge.tsx";
import { CardSection } from "#components/ui/card.tsx";
import { ErrorState } from "#components/ui/error-state.tsx";
import { LoadMore } from "#components/ui/load-more.tsx";
import { isBuiltInRole } from "#lib/authz/permissions.ts";
import type { OutsiderView } from "#lib/workspaces/schema.ts";
import { outsidersQuery } from "./queries.ts";

/** Who is let in from outside, and to what. */
export function OutsidersSection({ q }: { q: string }) {
  const t = useTranslations("people.outsiders");
  const people = useTranslations("people");
  const query = useInfiniteQuery(outsidersQuery(q));
  const list = useRef<HTMLDivElement>(null);
  const outsiders = itemsOf(query.data);
  return (
    <CardSection title={t("title")} description={t("description")}>
      <div ref={list} className="-my-2">
        {query.isPending ? (
          <RowsSkeleton count={2} />
        ) : query.isError && !query.data ? (
          <ErrorState error={query.error} title={t("failed")} onRetry={() => void query.refetch()} />
        ) : outsiders.length === 0 ? (
          <p className="text-ink-muted py-2">{q ? people("noMatch") : t("empty")}</p>
        ) : (
          <ul aria-label={t("title")} className="divide-line divide-y">
            {outsiders.map((person) => (
              <li key={person.id}>
                <OutsiderRow person={person} />
              </li>
            ))}
          </ul>
        )}
      </div>
      <LoadMore query={query} list={list} className="mt-5 text-center" />
    </CardSection>
  );
}

function OutsiderRow({ person }: { person: OutsiderView }) {
  const t = useTranslations("people.outsiders");
  const people = useTranslations("people");
  const roles = useTranslations("share.roles");
  const roleOf = (role: string) => (isBuiltInRole(role) ? roles(`${role}.label`) : role);
  const things = person.reaches.map(({ collection, document, role }) => {
    const what = document
      ? (document.name ?? t("document", { collection: collection.name }))
      : collection.name;
    return t("reaches", { things: what, role: roleOf(role) });
  });
  const rest = person.reachCount - person.reaches.length;
  return (
    <Row
      icon={
        person.name ? (
          <Avatar id={person.userId ?? person.id} name={person.name} />
        ) : (
          <span
            aria-hidden
            className="border-line-strong text-ink-faint grid size-7 shrink-0 place-items-center rounded-full border border-dashed"
          >
            <CircleUserRound className="size-4" />
          </span>
        )
      }
      title={person.name ?? person.email}
      badge={person.isSuspended && <Badge tone="warning">{people("suspended")}</Badge>}
      facts={
        <>
          {person.name ? person.email : t("invited")}
          <span aria-hidden> · </span>
          {things.join(", ")}
          {rest > 0 && ` ${t("more", { count: rest })}`}
        </>
      }
    />
  );
}
