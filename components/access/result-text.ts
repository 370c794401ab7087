"use client";
import { useLocale, useTranslations } from "next-intl";
import type { SharedThing } from "#components/sharing/shared-thing.ts";
import { builtInRoles, maskOf, type Permission } from "#lib/authz/permissions.ts";
import type { AccessPathView, PersonAccessView } from "#lib/sharing/access-schema.ts";

type Result = Pick<PersonAccessView, "person" | "role" | "permissions" | "sources">;

/** By which ways somebody has access, each once: "through group Editorial and as owner of the collection". */
export function useWays({ workspace }: Pick<SharedThing, "workspace">) {
  const t = useTranslations("share.loss.ways");
  const locale = useLocale();
  const wayOf = ({ via, group, resource }: AccessPathView): string => {
    if (via === "group") return t("group", { name: group?.name ?? "" });
    if (via === "direct") return t("direct", { resource });
    return t(via, workspace);
  };
  return (paths: readonly AccessPathView[]) => new Intl.ListFormat(locale).format(new Set(paths.map(wayOf)));
}

/** What somebody can do, for a label: a built-in role holds it, exactly or with more; or something else. */
function extentOf(role: Result["role"], permissions: readonly Permission[]) {
  if (!permissions.includes("view_documents")) return { can: "none", isMore: "no" } as const;
  if (role === null) return { can: "other", isMore: "no" } as const;
  return { can: role, isMore: maskOf(permissions) === builtInRoles[role] ? "no" : "yes" } as const;
}

/** What somebody can do and by which way, in one sentence: of oneself, of others, or without saying whose it is. */
export function useResultText(thing: SharedThing) {
  const t = useTranslations("access");
  const waysOf = useWays(thing);
  return ({ person, role, permissions, sources }: Result, subject: "named" | "unnamed") => {
    const { can, isMore } = extentOf(role, permissions);
    const who = subject === "unnamed" ? "nobody" : person.isYou ? "you" : "other";
    const result = t(`can.${can}`, { who, name: person.name ?? person.email, isMore });
    const ways = waysOf(sources.filter((path) => path.permissions.includes("view_documents")));
    return can === "none" || ways === "" ? result : t("byWays", { result, ways });
  };
}
