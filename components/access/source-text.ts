"use client";
import { useTranslations } from "next-intl";
import type { SharedThing } from "#components/sharing/shared-thing.ts";
import { useRoleLabel } from "#components/sharing/use-roles.ts";
import type { AccessPathView } from "#lib/sharing/access-schema.ts";

/** Says in a few words what somebody is and by which way: "Editor, through group Editorial". */
export function useSourceText({ workspace }: SharedThing): (path: AccessPathView) => string {
  const t = useTranslations("access.source");
  const labelOf = useRoleLabel();
  return ({ via, role, group, resource }) => {
    const label = role ? labelOf(role.name) : "";
    switch (via) {
      case "document_owner":
      case "collection_owner":
        return t(via);
      case "group":
        return t("group", { role: label, group: group?.name ?? "" });
      case "direct":
        return t(resource === "document" ? "directDocument" : "directCollection", { role: label });
      default:
        return t(via, { role: label, ...workspace });
    }
  };
}
