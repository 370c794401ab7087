"use client";
import { ChevronDown, CirclePause, CirclePlay, LogOut, UserMinus } from "lucide-react";
import { useLocale, useTimeZone, useTranslations } from "next-intl";
import { Row } from "#components/groups/group-rows.tsx";
import { Avatar } from "#components/ui/avatar.tsx";
import { Badge } from "#components/ui/badge.tsx";
import { Button } from "#components/ui/button.tsx";
import { DropdownMenu, MenuItem, MenuRadioGroup, MenuSeparator } from "#components/ui/dropdown-menu.tsx";
import { formatDate } from "#lib/i18n/format.ts";
import type { MemberView } from "#lib/workspaces/schema.ts";
import { workspaceRoles } from "#lib/workspaces/values.ts";

interface MemberRowProps {
  person: MemberView;
  canManage: boolean;
  /** Nobody else is there to leave to. */
  isAlone: boolean;
  onRole: (role: MemberView["role"]) => void;
  onSuspend: () => void;
  onReactivate: () => void;
  onRemove: () => void;
}

/** One member: who, since when, in how many groups, and as what. */
export function MemberRow({ person, canManage, isAlone, ...actions }: MemberRowProps) {
  const t = useTranslations("people");
  const common = useTranslations("common");
  const locale = useLocale();
  const timeZone = useTimeZone();
  const hasMenu = !isAlone && (canManage || person.isYou);
  const date = formatDate(person.joinedAt, { locale, timeZone });
  return (
    <Row
      icon={<Avatar id={person.id} name={person.name} className={person.isSuspended ? "grayscale" : ""} />}
      title={
        <>
          {person.name}
          {person.isYou && <span className="text-ink-muted font-normal"> ({common("you")})</span>}
        </>
      }
      badge={person.isSuspended && <Badge tone="warning">{t("suspended")}</Badge>}
      facts={
        <>
          {person.email}
          <span className="@max-[30rem]:hidden">
            <span aria-hidden> · </span>
            {t("groupCount", { count: person.groupCount })}
            <span aria-hidden> · </span>
            {t("joined", { date })}
          </span>
        </>
      }
      action={
        hasMenu ? (
          <Menu person={person} canManage={canManage} {...actions} />
        ) : (
          <span className="text-ink-muted shrink-0 px-2.5 text-sm">{t(`role.${person.role}`)}</span>
        )
      }
    />
  );
}

function Menu({
  person,
  canManage,
  onRole,
  onSuspend,
  onReactivate,
  onRemove,
}: Omit<MemberRowProps, "isAlone">) {
  const t = useTranslations("people");
  const role = t(`role.${person.role}`);
  return (
    <DropdownMenu
      className="max-w-80"
      trigger={
        <Button variant="ghost" size="sm" aria-label={t("roleOf", { name: person.name, role })}>
          {role}
          <ChevronDown aria-hidden />
        </Button>
      }
    >
      {canManage && (
        <>
          <MenuRadioGroup
            value={person.role}
            onValueChange={(next) => next !== person.role && onRole(next)}
            options={workspaceRoles.map((value) => ({
              value,
              label: t(`role.${value}`),
              description: t(`role.${value}Text`),
            }))}
          />
          <MenuSeparator />
        </>
      )}
      {canManage &&
        !person.isYou &&
        (person.isSuspended ? (
          <MenuItem onSelect={onReactivate}>
            <CirclePlay aria-hidden />
            {t("reactivate")}
          </MenuItem>
        ) : (
          <MenuItem onSelect={onSuspend}>
            <CirclePause aria-hidden />
            {t("suspend")}
          </MenuItem>
        ))}
      <MenuItem isDangerous onSelect={onRemove}>
        {person.isYou ? <LogOut aria-hidden /> : <UserMinus aria-hidden />}
        {t(person.isYou ? "leave" : "remove")}
      </MenuItem>
    </DropdownMenu>
  );
}
