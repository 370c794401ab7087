"use client";
import { useLocale, useTimeZone, useTranslations } from "next-intl";
import { Fragment, type ReactNode } from "react";
import { Badge } from "#components/ui/badge.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { formatDate } from "#lib/i18n/format.ts";
import type { LinkView } from "#lib/links/schema.ts";

/** What a link is called: its name, or the moment it was made. */
export function useLinkName(): (link: Pick<LinkView, "name" | "createdAt">) => string {
  const t = useTranslations("links");
  const locale = useLocale();
  const timeZone = useTimeZone();
  return ({ name, createdAt }) =>
    name || t("unnamed", { date: formatDate(createdAt, { locale, timeZone, style: "dateTime" }) });
}

const tones = { expired: "danger", used_up: "warning", suspended: "warning" } as const;

/** Why a link lets nobody in; nothing for one that is open. */
export function LinkState({ state }: Pick<LinkView, "state">) {
  const t = useTranslations("links.states");
  if (state === "open") return null;
  return <Badge tone={tones[state]}>{t(state)}</Badge>;
}

type LinkFacts = Pick<
  LinkView,
  "role" | "hasPassword" | "allowDownload" | "expiresAt" | "state" | "maxUses" | "useCount" | "lastAccessedAt"
>;

/** What a link gives, until when, and how much it was used, in a line. */
export function LinkFacts({ link, children }: { link: LinkFacts; children?: ReactNode }) {
  const t = useTranslations("links");
  const locale = useLocale();
  const timeZone = useTimeZone();
  const { expiresAt, maxUses, useCount, lastAccessedAt } = link;
  const parts: ReactNode[] = [
    t(`roles.${link.role}.label`),
    !link.allowDownload && t("facts.viewOnly"),
    link.hasPassword && t("facts.password"),
    expiresAt &&
      t(link.state === "expired" ? "facts.ended" : "facts.ends", {
        date: formatDate(expiresAt, { locale, timeZone }),
      }),
    maxUses === null
      ? t("facts.visits", { count: useCount })
      : t("facts.visitsOf", { count: useCount, most: maxUses }),
    lastAccessedAt && (
      <>
        {t("facts.lastVisit")} <RelativeTime value={lastAccessedAt} />
      </>
    ),
    children,
  ].filter(Boolean);
  return parts.map((part, index) => (
    <Fragment key={index}>
      {index > 0 && <span aria-hidden> · </span>}
      {part}
    </Fragment>
  ));
}
