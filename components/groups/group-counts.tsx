"use client";
import { useTranslations } from "next-intl";
import type { GroupView } from "#lib/groups/schema.ts";

/** "4 people in it · 7 people have its rights"; the second only where it says something new. */
export function GroupCounts({ group }: { group: Pick<GroupView, "memberCount" | "effectiveCount"> }) {
  const t = useTranslations("groups");
  return (
    <>
      {t("memberCount", { count: group.memberCount })}
      {group.effectiveCount !== group.memberCount && (
        <>
          <span aria-hidden> · </span>
          <span title={t("effectiveHint")}>{t("effectiveCount", { count: group.effectiveCount })}</span>
        </>
      )}
    </>
  );
}
