"use client";
import { ChevronDown } from "lucide-react";
import { useLocale, useTimeZone, useTranslations } from "next-intl";
import { Button } from "#components/ui/button.tsx";
import { DropdownMenu, MenuItem, MenuRadioGroup, MenuSeparator } from "#components/ui/dropdown-menu.tsx";
import { formatDate } from "#lib/i18n/format.ts";
import type { GrantView } from "#lib/sharing/schema.ts";
import { grantName } from "./grant-name.ts";
import { type GrantChange, roleOfGrant } from "./queries.ts";
import type { SharedThing } from "./shared-thing.ts";
import { useRoleLabel, useRoles } from "./use-roles.ts";

interface RoleMenuProps {
  thing: SharedThing;
  grant: GrantView;
  onChange: (change: GrantChange) => void;
  /** Another end of access is to be chosen. */
  onPickEnd: () => void;
  onRemove: () => void;
  onExplain: (() => void) | undefined;
  /** Something in it is about to be chosen. */
  onReach: () => void;
}

/** What can be done about somebody's access: another role, another end, why, and taking it away. */
export function RoleMenu({ thing, grant, onChange, onPickEnd, onRemove, onExplain, onReach }: RoleMenuProps) {
  const t = useTranslations("share");
  const labelOf = useRoleLabel();
  const locale = useLocale();
  const timeZone = useTimeZone();
  const { choices } = useRoles(thing);
  const current = roleOfGrant(grant);
  const date = (value: string) => formatDate(value, { locale, timeZone });
  // who holds more than the reader has is beyond their reach
  const isBeyond = !choices.some(({ key }) => key === current.key);
  const label = labelOf(grant.role);
  return (
    <DropdownMenu
      className="max-h-(--radix-dropdown-menu-content-available-height) max-w-[min(24rem,calc(100vw-1rem))] overflow-y-auto!"
      trigger={
        <Button
          variant="ghost"
          size="sm"
          className="max-w-36 min-w-0"
          aria-label={t("roleOf", { name: grantName(grant), role: label })}
          onPointerDown={onReach}
          onKeyDown={onReach}
        >
          <span className="max-w-24 truncate">{label}</span>
          <ChevronDown aria-hidden />
        </Button>
      }
    >
      {isBeyond ? (
        <p className="text-ink-muted px-2 py-1.5 text-sm">{t("beyondYou")}</p>
      ) : (
        <MenuRadioGroup
          value={current.key}
          onValueChange={(key) => {
            const role = choices.find((choice) => choice.key === key);
            if (role && key !== current.key) onChange({ role });
          }}
          options={choices.map(({ key, label, description }) => ({
            value: key,
            label,
            description: description || undefined,
          }))}
        />
      )}
      <MenuSeparator />
      {!isBeyond && (
        <MenuItem onSelect={onPickEnd}>
          {t("endsNow", { end: grant.expiresAt ? date(grant.expiresAt) : t("expiry.never") })}
        </MenuItem>
      )}
      {onExplain && <MenuItem onSelect={onExplain}>{t("explain")}</MenuItem>}
      {(!isBeyond || grant.isYou) && (
        <MenuItem isDangerous onSelect={onRemove}>
          {t(grant.isPending ? "removeInvitation" : "removeAccess")}
        </MenuItem>
      )}
      {grant.grantedBy && (
        <p className="border-line text-ink-muted mt-1 border-t px-2 pt-2 pb-1 text-sm">
          {t("givenBy", { name: grant.grantedBy.name, date: date(grant.grantedAt) })}
        </p>
      )}
      {grant.message && (
        <p className="text-ink-muted max-w-80 px-2 pt-1 pb-1.5 text-sm wrap-anywhere whitespace-pre-line">
          {t("letter.withMessage", { message: grant.message })}
        </p>
      )}
    </DropdownMenu>
  );
}
