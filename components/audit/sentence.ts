import { useLocale, useTranslations } from "next-intl";
import { formatBytes } from "#lib/i18n/format.ts";
import { auditActions } from "#lib/audit/values.ts";
import type { Messages } from "#lib/i18n/messages/index.ts";
import { isLocale } from "#lib/i18n/locales.ts";
import type { AuditEntryView } from "#lib/audit/schema.ts";

type Values = Record<string, string>;

/** A text in the details, or an empty one. */
function textIn(details: unknown, ...path: string[]): string {
  let at = details;
  for (const name of path)
    at =
      typeof at === "object" && at !== null
        ? new Map<string, unknown>(Object.entries(at)).get(name)
        : undefined;
  return typeof at === "string" || typeof at === "number" || typeof at === "boolean" ? String(at) : "";
}

/** Says an entry of the log in a sentence: who did what, to what, for whom. */
export function useSentence(): (entry: AuditEntryView) => string {
  const t = useTranslations("audit");
  const locale = useLocale();
  return (entry) => {
    const { action, subject, resource, metadata } = entry;
    const roleName = (name: string) => (isNamed(name) ? t(`roles.${name}`) : name);
    const values: Values = {
      actor: whoActed(entry, t),
      subject: subject ? subject.name || subject.email || t(`somebody.${subjectKind(subject.type)}`) : "",
      resource: resource
        ? resource.name
          ? t("named", { name: resource.name })
          : t(`thing.${thingKind(resource.type)}`)
        : "",
      name: resource?.name ?? "",
      previous: textIn(metadata, "previous"),
      new: textIn(metadata, "new"),
      role: roleName(textIn(metadata, "new", "role") || textIn(metadata, "role") || textIn(metadata, "new")),
      previousRole: roleName(textIn(metadata, "previous", "role") || textIn(metadata, "previous")),
      link: textIn(metadata, "name") || subject?.name || "",
      reason: textIn(metadata, "reason"),
      format: textIn(metadata, "format").toUpperCase(),
      size: isLocale(locale) ? formatBytes(Number(textIn(metadata, "sizeBytes")) || 0, locale) : "",
      email: subject?.email ?? textIn(metadata, "to"),
      group: textIn(metadata, "nested") || textIn(metadata, "group"),
      way: textIn(metadata, "way"),
    };
    // names of actions have a dot, which parts the names of messages
    const key: string = action.replace(".", "_");
    return isTold(key) ? t(`actions.${key}`, values) : t("other", { ...values, action });
  };
}

const namedRoles = ["owner", "editor", "commenter", "viewer", "admin", "member"] as const;
const isNamed = (name: string): name is (typeof namedRoles)[number] =>
  namedRoles.some((role) => role === name);

const told = new Set(auditActions.map((action): string => action.replace(".", "_")));
/** Whether there is a sentence for an action; a test sees to it that there is one for each that the program knows. */
const isTold = (key: string): key is keyof Messages["audit"]["actions"] => told.has(key);

type Translate = ReturnType<typeof useTranslations<"audit">>;

export function whoActed({ actor }: Pick<AuditEntryView, "actor">, t: Translate): string {
  if (actor.kind === "user") return actor.name || actor.email || t("somebody.user");
  if (actor.kind === "visitor")
    return actor.name ? t("visitorOf", { link: actor.name }) : t("somebody.visitor");
  return t(`somebody.${actor.kind}`);
}

const subjectKind = (type: string) =>
  type === "group" || type === "link" || type === "address" ? type : "user";
const thingKind = (type: string) =>
  type === "collection" || type === "document" || type === "group" || type === "role" || type === "workspace"
    ? type
    : "other";
