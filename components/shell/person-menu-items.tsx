"use client";
import { Gauge, Languages, LogOut, Settings, SunMoon } from "lucide-react";
import { signOut } from "next-auth/react";
import { useLocale, useTranslations } from "next-intl";
import { useTheme } from "next-themes";
import Link from "next/link";
import { useRouter } from "next/navigation";
import type { ReactElement } from "react";
import { call } from "#components/call.ts";
import { setCookie } from "#components/cookies.ts";
import { useErrorText } from "#components/use-error-text.ts";
import {
  DropdownMenu,
  MenuItem,
  MenuRadioGroup,
  MenuSeparator,
  MenuSub,
} from "#components/ui/dropdown-menu.tsx";
import { notify } from "#components/ui/toast.tsx";
import { updateSettings } from "#lib/accounts/api.ts";
import { type Locale, localeCookie, localeNames, locales } from "#lib/i18n/locales.ts";
import { useSidebar } from "./sidebar-state.tsx";

interface PersonMenuItemsProps {
  trigger: ReactElement;
  /** Runs the instance. */
  isSystemAdmin: boolean;
}

/** The menu behind the reader's name. */
export function PersonMenuItems({ trigger, isSystemAdmin }: PersonMenuItemsProps) {
  const t = useTranslations("shell.person");
  const locale = useLocale();
  const router = useRouter();
  const textOf = useErrorText();
  const { theme, setTheme } = useTheme();
  const { setDrawerOpen } = useSidebar();

  async function changeLanguage(language: Locale) {
    try {
      await call(updateSettings, { body: { language } });
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
      trigger={trigger}
    >
      <MenuItem asChild>
        <Link href="/settings" onClick={() => setDrawerOpen(false)}>
          <Settings aria-hidden />
          {t("settings")}
        </Link>
      </MenuItem>
      {isSystemAdmin && (
        <MenuItem asChild>
          <Link href="/admin/quotas" onClick={() => setDrawerOpen(false)}>
            <Gauge aria-hidden />
            {t("admin")}
          </Link>
        </MenuItem>
      )}
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
