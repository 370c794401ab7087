"use client";
import { ChevronDown, CircleUserRound } from "lucide-react";
import { useLocale, useTimeZone, useTranslations } from "next-intl";
import { Avatar } from "#components/ui/avatar.tsx";
import { Button } from "#components/ui/button.tsx";
import {
  DropdownMenu,
  MenuItem,
  MenuRadioGroup,
  MenuSeparator,
  MenuSub,
} from "#components/ui/dropdown-menu.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { formatDate } from "#lib/i18n/format.ts";
import type { ChangeCollaboratorInput } from "#lib/sharing/schema.ts";
import { expiryOf } from "./expiry.ts";
import { type CollaboratorView, isProvisional } from "./queries.ts";
import { roleLabel, useRoleOptions } from "./use-role-options.ts";

interface PersonRowProps {
  person: CollaboratorView;
  canShare: boolean;
  onChange: (change: ChangeCollaboratorInput) => void;
  onRemove: () => void;
}

/** Somebody with access, or an address that is invited: who, since when, until when, and as what. */
export function PersonRow({ person, canShare, onChange, onRemove }: PersonRowProps) {
  const t = useTranslations("share");
  const common = useTranslations("common");
  const name = person.name ?? person.email;
  return (
    <div className="flex min-h-12 items-center gap-3 py-1.5">
      {person.isPending ? (
        <span
          aria-hidden
          className="border-line-strong text-ink-faint grid size-7 shrink-0 place-items-center rounded-full border border-dashed"
        >
          <CircleUserRound className="size-4" />
        </span>
      ) : (
        <Avatar id={person.userId ?? person.email} name={name} />
      )}
      <span className="min-w-0 flex-1">
        <span className="block truncate font-medium">
          {name}
          {person.isYou && <span className="text-ink-muted font-normal"> ({common("you")})</span>}
        </span>
        <Facts person={person} />
      </span>
      {person.isOwner || !canShare || isProvisional(person) ? (
        <span className="text-ink-muted shrink-0 px-2.5 text-sm">{roleLabel(t, person.role)}</span>
      ) : (
        <RoleMenu person={person} name={name} onChange={onChange} onRemove={onRemove} />
      )}
    </div>
  );
}

function Facts({ person }: { person: CollaboratorView }) {
  const t = useTranslations("share");
  const locale = useLocale();
  const timeZone = useTimeZone();
  const ends = person.expiresAt && t("endsOn", { date: formatDate(person.expiresAt, { locale, timeZone }) });
  const parts = [
    person.name && person.name !== person.email ? person.email : null,
    person.isPending ? (
      <>
        {t("invited")} <RelativeTime value={person.grantedAt} />
      </>
    ) : null,
    ends,
  ].filter((part) => part !== null && part !== "");
  if (parts.length === 0) return null;
  return (
    <span className="text-ink-muted block truncate text-sm">
      {parts.map((part, index) => (
        <span key={index}>
          {index > 0 && <span aria-hidden> · </span>}
          {part}
        </span>
      ))}
    </span>
  );
}

function RoleMenu({ person, name, onChange, onRemove }: Omit<PersonRowProps, "canShare"> & { name: string }) {
  const t = useTranslations("share");
  const options = useRoleOptions();
  return (
    <DropdownMenu
      className="max-w-80"
      trigger={
        <Button variant="ghost" size="sm" aria-label={t("roleOf", { name, role: roleLabel(t, person.role) })}>
          {roleLabel(t, person.role)}
          <ChevronDown aria-hidden />
        </Button>
      }
    >
      <MenuRadioGroup
        value={person.role}
        onValueChange={(role) => role !== person.role && onChange({ role })}
        options={options}
      />
      <MenuSeparator />
      <MenuSub label={t("ends")}>
        <MenuRadioGroup
          value={person.expiresAt ? undefined : "never"}
          onValueChange={(choice) => onChange({ expiresAt: expiryOf(choice, "") })}
          options={(["never", "week", "month", "quarter"] as const).map((value) => ({
            value,
            label: t(`expiry.${value}`),
          }))}
        />
      </MenuSub>
      <MenuItem isDangerous onSelect={onRemove}>
        {t(person.isPending ? "removeInvitation" : "removeAccess")}
      </MenuItem>
    </DropdownMenu>
  );
}
