"use client";
import { useTranslations } from "next-intl";
import type { ComponentType } from "react";
import { GroupsLink } from "#components/groups/groups-link.tsx";
import { PeopleLink } from "#components/workspace/people-link.tsx";
import { Page } from "#components/shell/page.tsx";
import { Breadcrumb } from "#components/ui/breadcrumb.tsx";
import { AppearanceSection } from "./appearance-section.tsx";
import { ClosingSection } from "./closing-section.tsx";
import { PasswordSection } from "./password-section.tsx";
import { ProfileSection } from "./profile-section.tsx";
import { SecondFactorSection } from "./second-factor-section.tsx";
import { SessionsSection } from "./sessions-section.tsx";
import { TokensSection } from "./tokens-section.tsx";
import { UsageSection } from "./usage-section.tsx";

const sections = [
  ["profile", ProfileSection],
  ["appearance", AppearanceSection],
  ["usage", UsageSection],
  ["password", PasswordSection],
  ["secondFactor", SecondFactorSection],
  ["sessions", SessionsSection],
  ["tokens", TokensSection],
  ["closing", ClosingSection],
] as const satisfies [string, ComponentType][];

/** Everything a person decides about themselves, on one page; beside it on wide windows the way to each part. */
export function SettingsPage() {
  const t = useTranslations("settings");
  return (
    <Page
      breadcrumb={<Breadcrumb crumbs={[{ label: t("title") }]} />}
      actions={
        <>
          <PeopleLink />
          <GroupsLink />
        </>
      }
    >
      <h1 className="mb-6 font-serif text-xl font-medium">{t("title")}</h1>
      <div className="flex items-start gap-10">
        <nav aria-label={t("sections")} className="sticky top-20 w-48 shrink-0 max-lg:hidden">
          <ul className="flex flex-col gap-px">
            {sections.map(([name]) => (
              <li key={name}>
                <a
                  href={`#${name}`}
                  className="text-ink-muted hover:bg-hover hover:text-ink block rounded-md px-2.5 py-1.5 transition-colors"
                >
                  {t(`${name}.title`)}
                </a>
              </li>
            ))}
          </ul>
        </nav>
        <div className="flex max-w-170 min-w-0 flex-1 flex-col gap-6">
          {sections.map(([name, Section]) => (
            // the top bar covers the first pixels of what an address jumps to
            <div key={name} id={name} className="scroll-mt-20">
              <Section />
            </div>
          ))}
        </div>
      </div>
    </Page>
  );
}
