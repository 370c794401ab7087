"use client";
import { ChevronsUpDown } from "lucide-react";
import { useTranslations } from "next-intl";
import { lazyPart } from "#components/lazy-part.tsx";
import { Avatar } from "#components/ui/avatar.tsx";
import { MenuButton } from "#components/ui/menu-button.tsx";

const Items = lazyPart(() => import("./person-menu-items.tsx").then((module) => module.PersonMenuItems));

interface PersonMenuProps {
  user: { id: string; name: string; email: string; isSystemAdmin: boolean };
}

/** Settings, language, theme and the way out. */
export function PersonMenu({ user }: PersonMenuProps) {
  const t = useTranslations("shell.person");
  return (
    <MenuButton
      trigger={
        <button
          type="button"
          aria-label={t("menu", { name: user.name })}
          className="hover:bg-hover aria-expanded:bg-hover flex w-full items-center gap-2.5 rounded-md px-2 py-1.5 text-left transition-colors"
        >
          <Avatar name={user.name} id={user.id} />
          <span className="min-w-0 flex-1">
            <span className="block truncate font-medium">{user.name}</span>
            <span className="text-ink-muted block truncate text-xs">{user.email}</span>
          </span>
          <ChevronsUpDown aria-hidden className="text-ink-faint size-4 shrink-0" />
        </button>
      }
      load={Items.load}
    >
      {(trigger) => <Items trigger={trigger} isSystemAdmin={user.isSystemAdmin} />}
    </MenuButton>
  );
}
