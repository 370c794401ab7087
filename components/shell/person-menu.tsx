"use client";
import { ChevronsUpDown, Languages, LogOut, Settings, SunMoon } from "lucide-react";
import { signOut } from "next-auth/react";
import { useLocale, useTranslations } from "next-intl";
import { useTheme } from "next-themes";
import Link from "next/link";
import { useRouter } from "next/navigation";
import { api } from "#components/api.ts";
import { setCookie } from "#components/cookies.ts";
import { useErrorText } from "#components/use-error-text.ts";
import { Avatar } from "#components/ui/avatar.tsx";
import {
  DropdownMenu,
  MenuItem,
  MenuRadioGroup,
  MenuSeparator,
  MenuSub,
} from "#components/ui/dropdown-menu.tsx";
import { notify } from "#components/ui/toast.tsx";
import { type Locale, localeCookie, localeNames, locales } from "#lib/i18n/locales.ts";
import { useSidebar } from "./sidebar-state.tsx";

interface PersonMenuProps {
  user: { id: string; name: string; email: string };
}

/** Settings, language, theme and the way out. */
export function PersonMenu({ user }: PersonMenuProps) {
  const t = useTranslations("shell.person");
  const locale = useLocale();
  const router = useRouter();
  const textOf = useErrorText();
  const { theme, setTheme } = useTheme();
  const { setDrawerOpen } = useSidebar();

  async function changeLanguage(language: Locale) {
    try {
      await api("/api/v1/settings", { method: "PATCH", body: { language } });
    } catch (error) {
      notify.failed(textOf(error));
      return;
    }
    setCookie(localeCookie, language);
    router.refresh();
  }

  return (
    <DropdownMenu
      side="top"
      align="start"
      className="w-(--radix-dropdown-menu-trigger-width)"
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
    >
      <MenuItem asChild>
        <Link href="/settings" onClick={() => setDrawerOpen(false)}>
          <Settings aria-hidden />
          {t("settings")}
        </Link>
      </MenuItem>
      <MenuSub icon={<Languages aria-hidden />} label={t("language")}>
        <MenuRadioGroup
          value={locale}
          onValueChange={(language) => void changeLanguage(language)}
          options={locales.map((value) => ({ value, label: localeNames[value] }))}
        />
      </MenuSub>
      <MenuSub icon={<SunMoon aria-hidden />} label={t("theme")}>
        <MenuRadioGroup
          value={theme}
          onValueChange={setTheme}
          options={[
            { value: "system", label: t("system") },
            { value: "light", label: t("light") },
            { value: "dark", label: t("dark") },
          ]}
        />
      </MenuSub>
      <MenuSeparator />
      <MenuItem onSelect={() => void signOut({ callbackUrl: "/sign-in" })}>
        <LogOut aria-hidden />
        {t("signOut")}
      </MenuItem>
    </DropdownMenu>
  );
}
