"use client";
import { useTranslations } from "next-intl";
import { type BuiltInRole, builtInRoleNames } from "#lib/authz/permissions.ts";

/** The roles from least to most, each with what it means in one line. */
export function useRoleOptions(): { value: BuiltInRole; label: string; description: string }[] {
  const t = useTranslations("share.roles");
  return builtInRoleNames
    .toReversed()
    .map((value) => ({ value, label: t(`${value}.label`), description: t(`${value}.text`) }));
}
