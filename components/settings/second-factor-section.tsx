"use client";
import { useSuspenseQuery } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import { useState } from "react";
import { Badge } from "#components/ui/badge.tsx";
import { Button } from "#components/ui/button.tsx";
import { CardSection } from "#components/ui/card.tsx";
import { settingsQuery } from "./queries.ts";
import { RemoveSecondFactorDialog, RenewCodesDialog, SetUpDialog } from "./second-factor-dialogs.tsx";

const dialogs = { setUp: SetUpDialog, renew: RenewCodesDialog, remove: RemoveSecondFactorDialog };

/** Whether signing in asks for a code as well, and what can be done about it. */
export function SecondFactorSection() {
  const t = useTranslations("settings.secondFactor");
  const { isActive, backupCodesLeft } = useSuspenseQuery(settingsQuery()).data.secondFactor;
  const [open, setOpen] = useState<keyof typeof dialogs | null>(null);
  const Dialog = open && dialogs[open];
  return (
    <CardSection title={t("title")} description={t("description")}>
      <div className="flex flex-wrap items-center gap-x-3 gap-y-3">
        <Badge tone={isActive ? "success" : "neutral"}>{t(isActive ? "on" : "off")}</Badge>
        {isActive && (
          <span className={backupCodesLeft < 3 ? "text-warning-ink" : "text-ink-muted"}>
            {t("left", { count: backupCodesLeft })}
          </span>
        )}
        <div className="ml-auto flex flex-wrap gap-2">
          {isActive ? (
            <>
              <Button onClick={() => setOpen("renew")}>{t("renew")}</Button>
              <Button onClick={() => setOpen("remove")}>{t("remove")}</Button>
            </>
          ) : (
            <Button variant="primary" onClick={() => setOpen("setUp")}>
              {t("setUp")}
            </Button>
          )}
        </div>
      </div>
      {Dialog && <Dialog isOpen onOpenChange={(isOpen) => !isOpen && setOpen(null)} />}
    </CardSection>
  );
}
