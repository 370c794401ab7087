"use client";
import { useQuery } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import { useState } from "react";
import { Button } from "#components/ui/button.tsx";
import { AskForm } from "./ask-form.tsx";
import { OwnRequest } from "./own-request.tsx";
import { ownRequestQuery, type Wanted } from "./queries.ts";

/** For those who see something and could do more with it: asks whoever shares it for another role. */
export function AskForMore({ wanted }: { wanted: Wanted }) {
  const t = useTranslations("requests.own");
  const own = useQuery(ownRequestQuery(wanted));
  const [isAsking, setAsking] = useState(false);
  if (own.isPending) return null;
  const status = own.data?.status;
  const isSettled = status === "open" || status === "declined";
  return (
    <div className="mt-3">
      {own.data && isSettled && <OwnRequest request={own.data} hasAccess />}
      {status === "open" ? null : isAsking ? (
        <>
          <p className="text-ink-muted mb-3 text-sm">{t("moreText")}</p>
          <AskForm
            key={own.data?.askedAt}
            wanted={wanted}
            declinedAt={status === "declined" ? own.data?.answeredAt : undefined}
          />
        </>
      ) : (
        <Button size="sm" onClick={() => setAsking(true)}>
          {t("more")}
        </Button>
      )}
    </div>
  );
}
