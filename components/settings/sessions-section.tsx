"use client";
import { useInfiniteQuery, useMutation, useQueryClient } from "@tanstack/react-query";
import { Monitor, Smartphone } from "lucide-react";
import { useTranslations } from "next-intl";
import { useState } from "react";
import { call } from "#components/call.ts";
import { AlertDialog } from "#components/ui/alert-dialog.tsx";
import { Badge } from "#components/ui/badge.tsx";
import { Button } from "#components/ui/button.tsx";
import { CardSection } from "#components/ui/card.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { notify } from "#components/ui/toast.tsx";
import { useErrorText } from "#components/use-error-text.ts";
import { revokeOtherSessions, revokeSession } from "#lib/accounts/api.ts";
import type { SessionView } from "#lib/accounts/schema.ts";
import { ItemList, ItemRow } from "./item-list.tsx";
import { sessionsKey, sessionsQuery } from "./queries.ts";
import { useRemoval } from "./use-removal.ts";

/** Where the person is signed in, and a way to end it there. */
export function SessionsSection() {
  const t = useTranslations("settings.sessions");
  const query = useInfiniteQuery(sessionsQuery());
  const deviceOf = ({ device }: SessionView) => device || t("unknown");
  const removal = useRemoval<SessionView>(sessionsKey, revokeSession, (session) =>
    t("ended", { device: deviceOf(session) }),
  );
  const client = useQueryClient();
  const textOf = useErrorText();
  const [isAsking, setAsking] = useState(false);
  const endOthers = useMutation({
    mutationFn: () => call(revokeOtherSessions),
    onSuccess: () => notify.done(t("othersEnded")),
    onError: (error) => notify.failed(textOf(error)),
    async onSettled() {
      setAsking(false);
      await client.invalidateQueries({ queryKey: sessionsKey });
    },
  });
  const hasOthers = query.data?.pages.some(({ items }) => items.some(({ isCurrent }) => !isCurrent));
  return (
    <CardSection
      title={t("title")}
      description={t("description")}
      action={hasOthers && <Button onClick={() => setAsking(true)}>{t("endOthers")}</Button>}
    >
      <ItemList query={query} label={t("title")} failedTitle={t("failed")}>
        {(session) => (
          <ItemRow
            icon={/Android|iPhone|iPad/.test(session.device) ? <Smartphone /> : <Monitor />}
            title={deviceOf(session)}
            badge={session.isCurrent && <Badge tone="accent">{t("current")}</Badge>}
            facts={
              <>
                {session.ip && (
                  <>
                    {session.ip}
                    <span aria-hidden> · </span>
                  </>
                )}
                {t("seen")} <RelativeTime value={session.lastSeenAt} />
              </>
            }
            action={
              !session.isCurrent && (
                <Button
                  size="sm"
                  aria-label={t("endOf", { device: deviceOf(session) })}
                  onClick={() => removal.mutate(session)}
                >
                  {t("end")}
                </Button>
              )
            }
          />
        )}
      </ItemList>
      <AlertDialog
        isOpen={isAsking}
        onOpenChange={setAsking}
        title={t("endOthersTitle")}
        description={t("endOthersText")}
        confirmLabel={t("endOthers")}
        isBusy={endOthers.isPending}
        onConfirm={() => endOthers.mutate()}
      />
    </CardSection>
  );
}
