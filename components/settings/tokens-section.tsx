"use client";
import { useInfiniteQuery } from "@tanstack/react-query";
import { KeyRound, Plus } from "lucide-react";
import { useTranslations } from "next-intl";
import { useState } from "react";
import { useClock } from "#components/clock.ts";
import { AlertDialog } from "#components/ui/alert-dialog.tsx";
import { Badge } from "#components/ui/badge.tsx";
import { Button } from "#components/ui/button.tsx";
import { CardSection } from "#components/ui/card.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { revokeToken } from "#lib/accounts/api.ts";
import type { TokenView } from "#lib/accounts/schema.ts";
import { CreateTokenDialog } from "./create-token-dialog.tsx";
import { ItemList, ItemRow } from "./item-list.tsx";
import { tokensKey, tokensQuery } from "./queries.ts";
import { useRemoval } from "./use-removal.ts";

/** Personal access tokens: made, listed, revoked. */
export function TokensSection() {
  const t = useTranslations("settings.tokens");
  const query = useInfiniteQuery(tokensQuery());
  const [isCreating, setCreating] = useState(false);
  const [revoking, setRevoking] = useState<TokenView | null>(null);
  const removal = useRemoval<TokenView>(tokensKey, revokeToken, ({ name }) => t("revoked", { name }));
  const create = (
    <Button onClick={() => setCreating(true)}>
      <Plus aria-hidden />
      {t("create")}
    </Button>
  );
  return (
    <CardSection title={t("title")} description={t("description")} action={create}>
      <ItemList
        query={query}
        label={t("title")}
        failedTitle={t("failed")}
        empty={
          <div className="-my-8">
            <EmptyState icon={<KeyRound />} title={t("emptyTitle")} text={t("emptyText")} />
          </div>
        }
      >
        {(token) => <TokenRow token={token} onRevoke={() => setRevoking(token)} />}
      </ItemList>
      <CreateTokenDialog isOpen={isCreating} onOpenChange={setCreating} />
      <AlertDialog
        isOpen={revoking !== null}
        onOpenChange={(isOpen) => !isOpen && setRevoking(null)}
        title={t("revokeTitle", { name: revoking?.name ?? "" })}
        description={t("revokeText")}
        confirmLabel={t("revoke")}
        onConfirm={() => {
          if (revoking) removal.mutate(revoking);
          setRevoking(null);
        }}
      />
    </CardSection>
  );
}

function TokenRow({ token, onRevoke }: { token: TokenView; onRevoke: () => void }) {
  const t = useTranslations("settings.tokens");
  const isOver = new Date(token.expiresAt) <= useClock();
  return (
    <ItemRow
      icon={<KeyRound />}
      title={token.name}
      badge={isOver && <Badge tone="warning">{t("expired")}</Badge>}
      facts={
        <>
          <span className="font-mono text-xs">{token.prefix}…</span>
          <span aria-hidden> · </span>
          {t(`scopes.${token.scope}`)}
          <span aria-hidden> · </span>
          {token.lastUsedAt ? (
            <>
              {t("used")} <RelativeTime value={token.lastUsedAt} />
            </>
          ) : (
            t("unused")
          )}
          {!isOver && (
            <>
              <span aria-hidden> · </span>
              {t("ends")} <RelativeTime value={token.expiresAt} tense="future" />
            </>
          )}
        </>
      }
      action={
        <Button size="sm" aria-label={t("revokeOf", { name: token.name })} onClick={onRevoke}>
          {t("revoke")}
        </Button>
      }
    />
  );
}
