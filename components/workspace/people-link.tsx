"use client";
import { useQuery } from "@tanstack/react-query";
import { Users } from "lucide-react";
import { useTranslations } from "next-intl";
import Link from "next/link";
import { settingsQuery } from "#components/settings/queries.ts";
import { buttonClass } from "#components/ui/button-class.ts";

/** From a person's settings to the people of their workspace. Guests see nobody there, and no way there. */
export function PeopleLink() {
  const t = useTranslations("people");
  const { data } = useQuery(settingsQuery());
  if (!data || data.profile.workspace.role === "guest") return null;
  return (
    <Link href="/settings/people" className={buttonClass()}>
      <Users aria-hidden />
      {t("title")}
    </Link>
  );
}
