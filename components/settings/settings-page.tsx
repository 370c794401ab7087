"use client";
import { useTranslations } from "next-intl";
import type { ComponentType } from "react";
import { AppearanceSection } from "./appearance-section.tsx";
import { ClosingSection } from "./closing-section.tsx";
import { IdentitiesSection } from "./identities-section.tsx";
import { PasswordSection } from "./password-section.tsx";
import { ProfileSection } from "./profile-section.tsx";
import { SecondFactorSection } from "./second-factor-section.tsx";
import { sectionNames } from "./section-names.ts";
import { SessionsSection } from "./sessions-section.tsx";
import { SettingsFrame } from "./settings-frame.tsx";
import { TokensSection } from "./tokens-section.tsx";
import { UsageSection } from "./usage-section.tsx";

const sections: Record<(typeof sectionNames)[number], ComponentType> = {
  profile: ProfileSection,
  appearance: AppearanceSection,
  usage: UsageSection,
  password: PasswordSection,
  secondFactor: SecondFactorSection,
  sessions: SessionsSection,
  tokens: TokensSection,
  closing: ClosingSection,
};

/** Everything a person decides about themselves, on one page. */
export function SettingsPage() {
  const t = useTranslations("settings");
  return (
    <SettingsFrame>
      <h1 className="mb-6 font-serif text-xl font-medium">{t("title")}</h1>
      <div className="flex flex-col gap-6">
        {sectionNames.map((name) => {
          const Section = sections[name];
          return (
            // the top bar covers the first pixels of what an address jumps to
            <div key={name} id={name} className="scroll-mt-20">
              <Section />
              {name === "password" && <IdentitiesSection />}
            </div>
          );
        })}
      </div>
    </SettingsFrame>
  );
}
