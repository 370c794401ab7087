"use client";
import { useTranslations } from "next-intl";
import { useRoleLabel } from "#components/sharing/use-roles.ts";
import { Avatar } from "#components/ui/avatar.tsx";
import { Badge } from "#components/ui/badge.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import type { AccessRequestView } from "#lib/access-requests/schema.ts";

/** Who asks, what they say, and what they can do there already. */
export function Asker({ request }: { request: AccessRequestView }) {
  const t = useTranslations("requests.answer");
  const labelOf = useRoleLabel();
  const { person, isExternal, role, permissions, message, askedAt } = request;
  return (
    <div className="flex items-start gap-3">
      <Avatar id={person.id} name={person.name} />
      <div className="min-w-0 flex-1">
        <p className="flex flex-wrap items-center gap-x-2 gap-y-0.5">
          <span className="font-medium wrap-anywhere">{person.name}</span>
          {isExternal && <Badge tone="warning">{t("elsewhere")}</Badge>}
        </p>
        <p className="text-ink-muted text-sm wrap-anywhere">
          {person.email} · <RelativeTime value={askedAt} />
        </p>
        {permissions.length > 0 && (
          <p className="text-ink-muted text-sm">{role ? t("has", { role: labelOf(role) }) : t("hasSome")}</p>
        )}
        {message && (
          <blockquote className="border-line-strong mt-2 border-l-2 pl-3 wrap-anywhere whitespace-pre-wrap">
            {message}
          </blockquote>
        )}
      </div>
    </div>
  );
}
