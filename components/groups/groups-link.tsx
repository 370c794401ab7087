"use client";
import { useQuery } from "@tanstack/react-query";
import { UsersRound } from "lucide-react";
import { useTranslations } from "next-intl";
import Link from "next/link";
import { settingsQuery } from "#components/settings/queries.ts";
import { buttonClass } from "#components/ui/button-class.ts";

/** From a person's settings to the groups of their workspace. Guests see no groups, and no way there. */
export function GroupsLink() {
  const t = useTranslations("groups");
  const { data } = useQuery(settingsQuery());
  if (!data || data.profile.workspace.role === "guest") return null;
  return (
    <Link href="/settings/groups" className={buttonClass()}>
      <UsersRound aria-hidden />
      {t("title")}
    </Link>
  );
}
