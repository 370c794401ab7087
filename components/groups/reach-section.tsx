"use client";
import { useInfiniteQuery } from "@tanstack/react-query";
import { BookMarked, FileText } from "lucide-react";
import { useLocale, useTimeZone, useTranslations } from "next-intl";
import Link from "next/link";
import { useRef } from "react";
import { itemsOf } from "#components/list-pages.ts";
import { CardSection } from "#components/ui/card.tsx";
import { ErrorState } from "#components/ui/error-state.tsx";
import { LoadMore } from "#components/ui/load-more.tsx";
import type { ReachView } from "#lib/groups/schema.ts";
import { formatDate } from "#lib/i18n/format.ts";
import { Row, RowIcon, RowsSkeleton } from "./group-rows.tsx";
import { groupReachQuery } from "./queries.ts";
import { useReachTexts } from "./use-reach-texts.ts";

/** What people get through a group, and through which group around it. */
export function ReachSection({ id, canEdit }: { id: string; canEdit: boolean }) {
  const t = useTranslations("groups.reach");
  const query = useInfiniteQuery(groupReachQuery(id));
  const list = useRef<HTMLDivElement>(null);
  const reach = itemsOf(query.data);
  return (
    <CardSection title={t("title")} description={t(canEdit ? "description" : "descriptionForMembers")}>
      <div ref={list} className="-my-2">
        {query.isPending ? (
          <RowsSkeleton />
        ) : query.isError && !query.data ? (
          <ErrorState error={query.error} title={t("failed")} onRetry={() => void query.refetch()} />
        ) : reach.length === 0 ? (
          <p className="text-ink-muted py-2">{t(canEdit ? "empty" : "emptyForMembers")}</p>
        ) : (
          <ul aria-label={t("title")} className="divide-line divide-y">
            {reach.map((item) => (
              <li key={item.id}>
                <ReachRow item={item} />
              </li>
            ))}
          </ul>
        )}
      </div>
      <LoadMore query={query} list={list} className="mt-5 text-center" />
    </CardSection>
  );
}

function ReachRow({ item }: { item: ReachView }) {
  const t = useTranslations("groups.reach");
  const locale = useLocale();
  const timeZone = useTimeZone();
  const { nameOf, roleOf } = useReachTexts();
  const { document, collection, via, expiresAt } = item;
  const facts = [
    document?.name &&
      (collection.name ? t("documentIn", { collection: collection.name }) : t("documentInElsewhere")),
    via &&
      t.rich("via", {
        group: () => (
          <Link
            href={`/settings/groups/${via.id}`}
            className="text-accent-ink rounded-sm underline underline-offset-2"
          >
            {via.name}
          </Link>
        ),
      }),
    expiresAt && t("ends", { date: formatDate(expiresAt, { locale, timeZone }) }),
  ].filter(Boolean);
  return (
    <Row
      icon={<RowIcon>{document ? <FileText /> : <BookMarked />}</RowIcon>}
      title={nameOf(item)}
      facts={facts.map((fact, index) => (
        <span key={index}>
          {index > 0 && <span aria-hidden> · </span>}
          {fact}
        </span>
      ))}
      action={<span className="text-ink-muted shrink-0 text-sm">{roleOf(item.role)}</span>}
    />
  );
}
