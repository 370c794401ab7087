"use client";
import { useLocale, useTranslations } from "next-intl";
import { useTheme } from "next-themes";
import { useRouter } from "next/navigation";
import { useSyncExternalStore, useTransition } from "react";
import { call } from "#components/call.ts";
import { setCookie } from "#components/cookies.ts";
import { CardSection } from "#components/ui/card.tsx";
import { Field } from "#components/ui/field.tsx";
import { Select } from "#components/ui/select.tsx";
import { notify } from "#components/ui/toast.tsx";
import { useErrorText } from "#components/use-error-text.ts";
import { updateSettings } from "#lib/accounts/api.ts";
import { themes } from "#lib/accounts/values.ts";
import { type Locale, localeCookie, localeNames, locales } from "#lib/i18n/locales.ts";

const never = () => () => {};

/** Language (kept with the account) and theme (kept in the browser). */
export function AppearanceSection() {
  const t = useTranslations("settings.appearance");
  const words = useTranslations("shell.person");
  const locale = useLocale();
  const router = useRouter();
  const textOf = useErrorText();
  const [isChanging, startChange] = useTransition();
  const { theme, setTheme } = useTheme();
  // only the browser knows the theme: the first render must be the server's
  const isInBrowser = useSyncExternalStore(
    never,
    () => true,
    () => false,
  );
  const current = isInBrowser ? themes.find((name) => name === theme) : undefined;

  const changeLanguage = (language: Locale) =>
    startChange(async () => {
      try {
        await call(updateSettings, { body: { language } });
      } catch (error) {
        notify.failed(textOf(error));
        return;
      }
      setCookie(localeCookie, language);
      router.refresh();
    });

  return (
    <CardSection title={t("title")} description={t("description")}>
      <div className="grid max-w-100 gap-4 sm:grid-cols-2">
        <Field label={words("language")}>
          {(control) => (
            <Select
              {...control}
              value={locale}
              onValueChange={changeLanguage}
              isDisabled={isChanging}
              options={locales.map((value) => ({ value, label: localeNames[value] }))}
              className="w-full"
            />
          )}
        </Field>
        <Field label={words("theme")}>
          {(control) => (
            <Select
              {...control}
              value={current ?? "system"}
              onValueChange={setTheme}
              options={themes.map((value) => ({ value, label: words(value) }))}
              className="w-full"
            />
          )}
        </Field>
      </div>
    </CardSection>
  );
}
