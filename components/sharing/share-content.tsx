"use client";
import { useQuery } from "@tanstack/react-query";
import { FolderClosed } from "lucide-react";
import { useTranslations } from "next-intl";
import { useEffect, useRef } from "react";
import { ownAccessQuery, type Whose } from "#components/access/queries.ts";
import { collectionQuery } from "#components/collections/queries.ts";
import { Avatar } from "#components/ui/avatar.tsx";
import { ErrorState } from "#components/ui/error-state.tsx";
import { Skeleton } from "#components/ui/skeleton.tsx";
import type { CollectionView } from "#lib/collections/schema.ts";
import type { DocumentView } from "#lib/documents/schema.ts";
import { DocumentAccess } from "./document-access.tsx";
import { GeneralAccess } from "./general-access.tsx";
import { GrantList } from "./grant-list.tsx";
import { IconCircle } from "./icon-circle.tsx";
import { InviteForm } from "./invite-form.tsx";
import { grantSubjectKey, grantsQuery, visibilityQuery } from "./queries.ts";
import type { OnRefused, Shareable, SharedThing } from "./shared-thing.ts";

export type ReturnTo = "who" | "people";

interface ShareContentProps {
  thing: SharedThing;
  of: Shareable;
  /** What led to another view: the focus goes back there. */
  returnTo: ReturnTo | undefined;
  /** The reader could share when they opened this, and can't any more. */
  hasLostRights: boolean;
  onUnsent: (names: readonly string[]) => void;
  onSaid: (text: string) => void;
  onRefused: OnRefused;
  onWho: () => void;
  onExplain: (whose: Whose) => void;
}

/** The first view of the share dialog: add, people with access, general access. */
export function ShareContent(props: ShareContentProps) {
  const { thing, of, returnTo, hasLostRights, onUnsent, onSaid, onRefused, onWho, onExplain } = props;
  const t = useTranslations("share");
  const { canShare, canSeeGrants, owner } = thing;
  const list = useQuery({ ...grantsQuery(thing), enabled: canSeeGrants });
  const own = useQuery(ownAccessQuery(thing));
  const heading = useRef<HTMLHeadingElement>(null);
  const who = useRef<HTMLButtonElement>(null);
  const grants = list.data?.items ?? [];
  const taken = new Set(grants.map(grantSubjectKey));
  const hasOthers = grants.some(({ isYou, userId }) => !isYou && userId !== owner.id);
  const isMine = own.data?.person.id === owner.id;
  // who uploaded a document is in its list without a grant
  const hasOwnerGrant = grants.some(({ userId }) => userId === owner.id);
  const rest = thing.type === "document" && !hasOwnerGrant ? 1 : 0;
  const open = useQuery({ ...visibilityQuery(thing.id), enabled: thing.type === "collection" });
  const isAlone = canShare && grants.length <= 1 && open.data?.visibility === "private";
  useEffect(() => {
    if (returnTo) (returnTo === "who" ? who : heading).current?.focus();
  }, [returnTo]);
  return (
    <div className="flex flex-col gap-5">
      {canShare ? (
        <InviteForm thing={thing} taken={taken} onUnsent={onUnsent} onSaid={onSaid} onRefused={onRefused} />
      ) : (
        <p
          role={hasLostRights ? "alert" : undefined}
          className="bg-sunken text-ink-muted rounded-md px-3 py-2 text-sm"
        >
          <WhyReadOnly thing={thing} of={of} isMine={isMine} hasLostRights={hasLostRights} />
        </p>
      )}
      <section aria-busy={canSeeGrants && list.isPending}>
        <div className="mb-1 flex items-baseline justify-between gap-4">
          <h3 ref={heading} tabIndex={-1} className="text-sm font-semibold outline-none">
            {list.data ? t("peopleCount", { count: grants.length + rest }) : t("people")}
          </h3>
          <button
            ref={who}
            type="button"
            onClick={canShare ? onWho : () => onExplain("own")}
            className="text-accent-ink rounded-sm py-1 text-right text-sm font-medium hover:underline"
          >
            {t(canShare ? "who" : "whyMe")}
          </button>
        </div>
        {!canSeeGrants && "collection" in of && <FewPeople collection={of.collection} />}
        {!canSeeGrants && "document" in of && (
          <ul>
            <OwnerRow document={of.document} isMine={isMine} />
          </ul>
        )}
        {canSeeGrants && list.isPending && <PeopleSkeleton />}
        {list.isError && !list.data && (
          <ErrorState error={list.error} title={t("listFailed")} onRetry={() => void list.refetch()} />
        )}
        {list.data && (
          <>
            <GrantList
              thing={thing}
              grants={grants}
              onSaid={onSaid}
              onRefused={onRefused}
              onExplain={onExplain}
              onRowGone={() => heading.current?.focus()}
            >
              {"document" in of && (
                <DocumentRows document={of.document} isMine={isMine} hasOwnerGrant={hasOwnerGrant} />
              )}
            </GrantList>
            {"document" in of && of.document.accessMode === "private" && hasOthers && (
              <p className="text-ink-muted mt-1 text-sm">{t("restWhilePrivate")}</p>
            )}
          </>
        )}
        {list.data && isAlone && <p className="text-ink-muted mt-1 text-sm">{t("onlyYou")}</p>}
      </section>
      <section>
        <h3 className="mb-1 text-sm font-semibold">{t("general")}</h3>
        {"collection" in of ? (
          <GeneralAccess collection={of.collection} isOwner={isMine} onSaid={onSaid} onRefused={onRefused} />
        ) : (
          <DocumentAccess document={of.document} isMine={isMine} onSaid={onSaid} onRefused={onRefused} />
        )}
      </section>
    </div>
  );
}

/** Who can change what is shown, for those who can't. */
function WhyReadOnly({
  thing,
  of,
  isMine,
  hasLostRights,
}: Pick<ShareContentProps, "thing" | "of" | "hasLostRights"> & { isMine: boolean }) {
  const t = useTranslations("share");
  const id = "document" in of ? of.document.collectionId : thing.id;
  const collection = useQuery({ ...collectionQuery(id), retry: false });
  // who uploaded a document to a collection of somebody else does not manage it
  const owner = (collection.data?.owner ?? thing.owner).name;
  if (hasLostRights) return t("lostRights", { owner });
  if ("document" in of && isMine)
    return of.document.accessMode === "private" ? t("privateNow") : t("readOnlyMine", { owner });
  return t(thing.canSeeGrants ? "readOnly" : "readOnlySome", { owner });
}

/** Who has access to a document without having been added to it: its owner, and by its mode its collection's people. */
function DocumentRows({
  document,
  isMine,
  hasOwnerGrant,
}: {
  document: DocumentView;
  isMine: boolean;
  /** The owner is listed with a grant of their own. */
  hasOwnerGrant: boolean;
}) {
  const t = useTranslations("share");
  const collection = useQuery({ ...collectionQuery(document.collectionId), retry: false });
  const inherits = document.accessMode === "collection" || document.accessMode === "link";
  return (
    <>
      {!hasOwnerGrant && <OwnerRow document={document} isMine={isMine} />}
      {inherits && (
        <li className="flex min-h-12 items-center gap-3 py-1.5">
          <IconCircle>
            <FolderClosed />
          </IconCircle>
          <span className="min-w-0 flex-1">
            <span className="block font-medium wrap-anywhere sm:truncate">
              {collection.data ? t("everyoneIn", { name: collection.data.name }) : t("everyoneInCollection")}
            </span>
            {collection.data && collection.data.visibility !== "private" && (
              <span className="text-ink-muted block truncate text-sm">
                {t(`visibility.${collection.data.visibility}.text`)}
              </span>
            )}
          </span>
          <span className="text-ink-muted max-w-28 shrink-0 px-2.5 text-right text-sm sm:max-w-none">
            {t("rolesThere")}
          </span>
        </li>
      )}
    </>
  );
}

function OwnerRow({ document: { owner }, isMine }: { document: DocumentView; isMine: boolean }) {
  const t = useTranslations("share");
  const common = useTranslations("common");
  return (
    <li className="flex min-h-12 items-center gap-3 py-1.5">
      <Avatar id={owner.id} name={owner.name} />
      <span className="min-w-0 flex-1 truncate font-medium">
        {owner.name}
        {isMine && <span className="text-ink-muted font-normal"> ({common("you")})</span>}
      </span>
      <span className="text-ink-muted shrink-0 px-2.5 text-sm">{t("uploader")}</span>
    </li>
  );
}

/** What readers may know of the others: the few people shown beside the collection's name. */
function FewPeople({ collection }: { collection: CollectionView }) {
  const t = useTranslations("share");
  return (
    <ul aria-label={t("people")}>
      {collection.people.map((person) => (
        <li key={person.id} className="flex min-h-11 items-center gap-3 py-1.5">
          <Avatar id={person.id} name={person.name} />
          <span className="min-w-0 flex-1 truncate font-medium">{person.name}</span>
          {person.id === collection.owner.id && (
            <span className="text-ink-muted px-2.5 text-sm">{t("roles.owner.label")}</span>
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
