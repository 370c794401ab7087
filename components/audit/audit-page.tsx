"use client";
import { useTranslations } from "next-intl";
import { SettingsFrame } from "#components/settings/settings-frame.tsx";
import { AuditLog } from "./audit-log.tsx";
import { SealSection } from "./seal-section.tsx";

/** The log of the workspace, for its administrators. */
export function AuditPage() {
  const t = useTranslations("audit");
  return (
    <SettingsFrame crumbs={[{ label: t("title") }]}>
      <h1 className="font-serif text-xl font-medium">{t("title")}</h1>
      <p className="text-ink-muted mt-1 mb-6 text-pretty">{t("intro")}</p>
      <div className="flex flex-col gap-6">
        <AuditLog scope={{ workspace: "true" }} />
        <SealSection />
      </div>
    </SettingsFrame>
  );
}
