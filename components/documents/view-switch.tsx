"use client";
import { LayoutGrid, List } from "lucide-react";
import { useTranslations } from "next-intl";
import { setCookie } from "#components/cookies.ts";
import { Segmented } from "#components/ui/segmented.tsx";
import { type ViewMode, viewModeCookie } from "./view-mode.ts";

/** Grid or list, remembered in this browser. */
export function ViewSwitch({ view, onChange }: { view: ViewMode; onChange: (view: ViewMode) => void }) {
  const t = useTranslations("document.view");
  return (
    <Segmented
      label={t("label")}
      value={view}
      onValueChange={(next) => {
        setCookie(viewModeCookie, next);
        onChange(next);
      }}
      options={[
        { value: "grid", label: t("grid"), icon: <LayoutGrid /> },
        { value: "list", label: t("list"), icon: <List /> },
      ]}
    />
  );
}
