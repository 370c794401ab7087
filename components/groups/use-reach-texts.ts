"use client";
import { useTranslations } from "next-intl";
import { isBuiltInRole } from "#lib/authz/permissions.ts";
import type { ReachView } from "#lib/groups/schema.ts";

/** How what a group reaches is called, and roles: built-in roles in the reader's language, others as named. */
export function useReachTexts() {
  const t = useTranslations("groups.reach");
  const roles = useTranslations("share.roles");
  return {
    nameOf: ({ document, collection }: ReachView): string =>
      document
        ? (document.name ??
          (collection.name ? t("document", { collection: collection.name }) : t("documentElsewhere")))
        : collection.name,
    roleOf: (role: string): string => (isBuiltInRole(role) ? roles(`${role}.label`) : role),
  };
}
