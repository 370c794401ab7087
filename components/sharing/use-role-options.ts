"use client";
import { useTranslations } from "next-intl";
import { type BuiltInRole, builtInRoleNames } from "#lib/authz/permissions.ts";

/** A role's label: built-in ones in the reader's language, a workspace's own by the name it was given. */
export const roleLabel = (t: ReturnType<typeof useTranslations<"share">>, role: string): string =>
  t.has(`roles.${role as BuiltInRole}.label`) ? t(`roles.${role as BuiltInRole}.label`) : role;

/** The roles from least to most, each with what it means in one line. */
export function useRoleOptions(): { value: BuiltInRole; label: string; description: string }[] {
  const t = useTranslations("share.roles");
  return builtInRoleNames
    .toReversed()
    .map((value) => ({ value, label: t(`${value}.label`), description: t(`${value}.text`) }));
}
