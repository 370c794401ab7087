"use client";
import { useQuery } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import { ownAccessQuery } from "#components/access/queries.ts";
import { builtInRoleNames, isBuiltInRole } from "#lib/authz/permissions.ts";
import { rolesQuery } from "./queries.ts";
import { builtInRole, type RoleChoice } from "./role-choice.ts";
import type { SharedThing } from "./shared-thing.ts";

/** Names a role: built-in ones in the reader's language, a workspace's own as it was named. */
export function useRoleLabel(): (role: string) => string {
  const t = useTranslations("share");
  return (role) => (isBuiltInRole(role) ? t(`roles.${role}.label`) : role);
}

interface Roles {
  /** Built-in ones from least to most, then the workspace's own. */
  choices: RoleChoice[];
  /** Some are left out, because they hold rights that the reader lacks. */
  isLimited: boolean;
}

/** The roles that the reader can give here: nobody gives more than they have. */
export function useRoles(thing: Pick<SharedThing, "type" | "id" | "canShare">): Roles {
  const t = useTranslations("share.roles");
  const own = useQuery({ ...ownAccessQuery(thing), enabled: thing.canShare });
  const roles = useQuery({ ...rolesQuery(), enabled: thing.canShare });
  const builtIn = builtInRoleNames.toReversed().map((name) => ({
    ...builtInRole(name)!,
    label: t(`${name}.label`),
    description: t(`${name}.text`),
  }));
  const custom = (roles.data?.items ?? [])
    .filter((role) => !role.isBuiltIn)
    .map(({ id, name, description, permissions }) => ({
      key: id,
      label: name,
      description,
      permissions,
      isBuiltIn: false as const,
    }));
  const mine = own.data?.permissions.filter(({ isAllowed }) => isAllowed).map(({ permission }) => permission);
  const all = [...builtIn, ...custom];
  const choices = mine
    ? all.filter(({ permissions }) => permissions.every((permission) => mine.includes(permission)))
    : all;
  return { choices, isLimited: choices.length < all.length };
}
