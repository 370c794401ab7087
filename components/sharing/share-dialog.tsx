"use client";
import { useQuery } from "@tanstack/react-query";
import { Check, Link2 } from "lucide-react";
import { useTranslations } from "next-intl";
import { useRef, useState } from "react";
import { visibilityIcons } from "#components/collections/visibility-chip.tsx";
import { Avatar } from "#components/ui/avatar.tsx";
import { Button } from "#components/ui/button.tsx";
import { Dialog } from "#components/ui/dialog.tsx";
import { ErrorState } from "#components/ui/error-state.tsx";
import { Skeleton } from "#components/ui/skeleton.tsx";
import type { CollectionView } from "#lib/collections/schema.ts";
import { normalizeEmail } from "#lib/sharing/schema.ts";
import { InviteForm } from "./invite-form.tsx";
import { People } from "./people.tsx";
import { collaboratorsQuery } from "./queries.ts";
import { useCopyLink } from "./use-copy-link.ts";

interface ShareDialogProps {
  collection: CollectionView;
  isOpen: boolean;
  onOpenChange: (isOpen: boolean) => void;
}

/** Who can open a collection. Those who may share change it here; others read it. */
export function ShareDialog({ collection, isOpen, onOpenChange }: ShareDialogProps) {
  const t = useTranslations("share");
  const common = useTranslations("common");
  const { isCopied, copy } = useCopyLink(`/collections/${collection.id}`);
  return (
    <Dialog
      isOpen={isOpen}
      onOpenChange={onOpenChange}
      title={t("title", { name: collection.name })}
      footer={
        <>
          <Button className="mr-auto" onClick={copy}>
            {isCopied ? <Check aria-hidden /> : <Link2 aria-hidden />}
            <span aria-live="polite">{isCopied ? common("copied") : t("copyLink")}</span>
          </Button>
          <Button variant="primary" onClick={() => onOpenChange(false)}>
            {common("done")}
          </Button>
        </>
      }
    >
      <ShareContent collection={collection} />
    </Dialog>
  );
}

function ShareContent({ collection }: { collection: CollectionView }) {
  const t = useTranslations("share");
  const { canShare, canEdit } = collection.abilities;
  const canSeeList = canShare || canEdit;
  const list = useQuery({ ...collaboratorsQuery(collection.id), enabled: canSeeList });
  const [said, setSaid] = useState("");
  const heading = useRef<HTMLHeadingElement>(null);
  const known = new Set(list.data?.items.map(({ email }) => normalizeEmail(email)));
  const Icon = visibilityIcons[collection.visibility];
  return (
    <div className="flex flex-col gap-5">
      {canShare ? (
        <InviteForm collectionId={collection.id} known={known} onSaid={setSaid} />
      ) : (
        <p className="bg-sunken text-ink-muted rounded-md px-3 py-2 text-sm">
          {t("readOnly", { owner: collection.owner.name })}
        </p>
      )}
      <section aria-busy={canSeeList && list.isPending}>
        <h3 ref={heading} tabIndex={-1} className="mb-1 text-sm font-semibold outline-none">
          {t("people")}
        </h3>
        {!canSeeList && <FewPeople collection={collection} />}
        {canSeeList && list.isPending && <PeopleSkeleton />}
        {list.isError && !list.data && (
          <ErrorState error={list.error} title={t("listFailed")} onRetry={() => void list.refetch()} />
        )}
        {list.data && (
          <People
            collection={collection}
            people={list.data.items}
            onSaid={setSaid}
            onRowGone={() => heading.current?.focus()}
          />
        )}
        {canShare && list.data?.items.length === 1 && (
          <p className="text-ink-muted mt-1 text-sm">{t("onlyYou")}</p>
        )}
      </section>
      <section>
        <h3 className="mb-1 text-sm font-semibold">{t("general")}</h3>
        <p className="flex items-center gap-3 py-1.5">
          <span className="bg-sunken text-ink-muted grid size-7 shrink-0 place-items-center rounded-full">
            <Icon aria-hidden className="size-4" />
          </span>
          <span>
            <span className="font-medium">{t(`visibility.${collection.visibility}.label`)}</span>
            <span className="text-ink-muted block text-sm">
              {t(`visibility.${collection.visibility}.text`)}
            </span>
          </span>
        </p>
      </section>
      <p role="status" className="sr-only">
        {said}
      </p>
    </div>
  );
}

/** What readers may know of the others: the few people shown beside the collection's name. */
function FewPeople({ collection }: { collection: CollectionView }) {
  const t = useTranslations("share");
  return (
    <ul>
      {collection.people.map((person) => (
        <li key={person.id} className="flex min-h-11 items-center gap-3 py-1.5">
          <Avatar id={person.id} name={person.name} />
          <span className="min-w-0 flex-1 truncate font-medium">{person.name}</span>
          {person.id === collection.owner.id && (
            <span className="text-ink-muted text-sm">{t("roles.owner.label")}</span>
          )}
        </li>
      ))}
    </ul>
  );
}

function PeopleSkeleton() {
  return (
    <div>
      {["w-32", "w-40", "w-28"].map((width) => (
        <div key={width} className="flex min-h-12 items-center gap-3 py-1.5">
          <Skeleton className="size-7 rounded-full!" />
          <span className="flex flex-1 flex-col gap-1.5">
            <Skeleton className={`h-3.5 ${width}`} />
            <Skeleton className="h-3 w-48" />
          </span>
          <Skeleton className="h-3.5 w-14" />
        </div>
      ))}
    </div>
  );
}
