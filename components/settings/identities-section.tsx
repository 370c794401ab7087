"use client";
import { useInfiniteQuery } from "@tanstack/react-query";
import { IdCard } from "lucide-react";
import { useTranslations } from "next-intl";
import { useState } from "react";
import { AlertDialog } from "#components/ui/alert-dialog.tsx";
import { Button } from "#components/ui/button.tsx";
import { CardSection } from "#components/ui/card.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { unlinkIdentity } from "#lib/accounts/api.ts";
import type { IdentityView } from "#lib/accounts/schema.ts";
import { ItemList, ItemRow } from "./item-list.tsx";
import { identitiesKey, identitiesQuery } from "./queries.ts";
import { useRemoval } from "./use-removal.ts";

/** Accounts at other providers by which the person signs in: listed, removed; nothing where there are none. They come by signing in there. */
export function IdentitiesSection() {
  const t = useTranslations("settings.identities");
  const query = useInfiniteQuery(identitiesQuery());
  const [removing, setRemoving] = useState<IdentityView | null>(null);
  const removal = useRemoval<IdentityView>(identitiesKey, unlinkIdentity, ({ name }) =>
    t("removed", { name }),
  );
  if (!query.data?.pages.some(({ items }) => items.length > 0)) return null;
  return (
    <div className="mt-6">
      <CardSection title={t("title")} description={t("description")}>
        <ItemList query={query} label={t("title")} failedTitle={t("failed")}>
          {(identity) => (
            <ItemRow
              icon={<IdCard />}
              title={identity.name}
              facts={
                <>
                  {identity.email !== null && (
                    <>
                      {identity.email}
                      <span aria-hidden> · </span>
                    </>
                  )}
                  {t("used")} <RelativeTime value={identity.lastUsedAt} />
                </>
              }
              action={
                <Button
                  size="sm"
                  aria-label={t("removeOf", { name: identity.name })}
                  onClick={() => setRemoving(identity)}
                >
                  {t("remove")}
                </Button>
              }
            />
          )}
        </ItemList>
        <AlertDialog
          isOpen={removing !== null}
          onOpenChange={(isOpen) => !isOpen && setRemoving(null)}
          title={t("removeTitle", { name: removing?.name ?? "" })}
          description={t("removeText")}
          confirmLabel={t("remove")}
          onConfirm={() => {
            if (removing) removal.mutate(removing);
            setRemoving(null);
          }}
        />
      </CardSection>
    </div>
  );
}
