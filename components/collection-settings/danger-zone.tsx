"use client";
import { useQuery } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import { useRouter } from "next/navigation";
import { type ReactNode, useState } from "react";
import { distinctPaths } from "#components/access/path-list.tsx";
import { ownAccessQuery } from "#components/access/queries.ts";
import { useWays } from "#components/access/result-text.ts";
import { useMoveToTrash } from "#components/collections/use-move-to-trash.ts";
import { LazyTransferDialog } from "#components/ownership/lazy-transfer-dialog.tsx";
import { useLeave } from "#components/sharing/queries.ts";
import { sharedCollection } from "#components/sharing/shared-thing.ts";
import { AlertDialog } from "#components/ui/alert-dialog.tsx";
import { Button } from "#components/ui/button.tsx";
import { Card } from "#components/ui/card.tsx";
import { notify } from "#components/ui/toast.tsx";
import { useErrorText } from "#components/use-error-text.ts";
import type { CollectionView } from "#lib/collections/schema.ts";

/** What ends something for good, or for oneself: each with what it means before it is done. */
export function DangerZone({ collection }: { collection: CollectionView }) {
  const t = useTranslations("collectionSettings.danger");
  const moveToTrash = useMoveToTrash(collection);
  return (
    <Card className="divide-line divide-y px-5">
      <Leave collection={collection} />
      {collection.abilities.canDelete && !collection.trashedAt && <HandOver collection={collection} />}
      {collection.abilities.canDelete && !collection.trashedAt && (
        <DangerRow
          title={t("trashTitle")}
          text={t("trashText")}
          action={
            <Button variant="danger" onClick={() => void moveToTrash()}>
              {t("trash")}
            </Button>
          }
        />
      )}
    </Card>
  );
}

interface DangerRowProps {
  title: ReactNode;
  text: ReactNode;
  action?: ReactNode;
}

function DangerRow({ title, text, action }: DangerRowProps) {
  return (
    <section className="flex flex-wrap items-center justify-between gap-x-8 gap-y-3 py-5">
      <div className="min-w-0 flex-1 basis-64">
        <h2 className="font-semibold">{title}</h2>
        <p className="text-ink-muted mt-0.5 text-pretty">{text}</p>
      </div>
      {action}
    </section>
  );
}

/** Offers the collection to another owner. */
function HandOver({ collection }: { collection: CollectionView }) {
  const t = useTranslations("collection");
  const offer = useTranslations("ownership.offer");
  const [isOpen, setOpen] = useState(false);
  return (
    <>
      <DangerRow
        title={t("handOver")}
        text={offer("description")}
        action={<Button onClick={() => setOpen(true)}>{t("handOver")}</Button>}
      />
      <LazyTransferDialog collection={collection} isOpen={isOpen} onOpenChange={setOpen} />
    </>
  );
}

/** Gives up what was given to oneself. Other ways stay, and are told of. */
function Leave({ collection }: { collection: CollectionView }) {
  const t = useTranslations("collectionSettings.danger");
  const share = useTranslations("share");
  const thing = sharedCollection(collection);
  const own = useQuery(ownAccessQuery(thing));
  const waysOf = useWays(thing);
  const textOf = useErrorText();
  const router = useRouter();
  const { mutateAsync: leave, isPending } = useLeave(thing);
  const [isAsked, setAsked] = useState(false);
  if (!own.data) return null;
  const paths = distinctPaths(own.data).filter(({ state }) => state === "active");
  const given = paths.filter(({ via }) => via === "direct");
  const others = paths.filter(({ via }) => via !== "direct");
  const { name } = collection;
  if (own.data.person.id === collection.owner.id)
    return <DangerRow title={t("leaveTitle")} text={t("ownerStays")} />;
  if (given.length === 0)
    return <DangerRow title={t("leaveTitle")} text={t("nothingGiven", { ways: waysOf(others) })} />;
  async function goAway() {
    try {
      await leave({ grantIds: given.flatMap(({ grantId }) => grantId ?? []), isGone: others.length === 0 });
      notify.done(share("left", { name }));
      if (others.length === 0) router.push("/");
    } catch (error) {
      notify.failed(`${share("notLeft", { name })} ${textOf(error)}`);
    } finally {
      setAsked(false);
    }
  }
  return (
    <>
      <DangerRow
        title={t("leaveTitle")}
        text={others.length > 0 ? t("leaveStillIn", { ways: waysOf(others) }) : t("leaveText")}
        action={
          <Button variant="danger" onClick={() => setAsked(true)}>
            {t("leave")}
          </Button>
        }
      />
      {isAsked && (
        <AlertDialog
          isOpen
          onOpenChange={setAsked}
          title={share("loss.leaveTitle", { name })}
          description={share(others.length > 0 ? "loss.ownStillIn" : "loss.ownLost")}
          confirmLabel={share("loss.leave")}
          isBusy={isPending}
          onConfirm={() => void goAway()}
        />
      )}
    </>
  );
}
