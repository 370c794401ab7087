"use client";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { FolderClosed } from "lucide-react";
import { useTranslations } from "next-intl";
import { useEffect, useRef } from "react";
import { AskForMore } from "#components/access-requests/ask-for-more.tsx";
import { RequestsSection } from "#components/access-requests/requests-section.tsx";
import { ownAccessQuery, type Whose } from "#components/access/queries.ts";
import { LinksSection } from "#components/share-links/links-section.tsx";
import { linksQuery } from "#components/share-links/queries.ts";
import { Avatar } from "#components/ui/avatar.tsx";
import { ErrorState } from "#components/ui/error-state.tsx";
import { Skeleton } from "#components/ui/skeleton.tsx";
import type { CollectionView } from "#lib/collections/schema.ts";
import type { DocumentView } from "#lib/documents/schema.ts";
import type { LinkView } from "#lib/links/schema.ts";
import type { ExplanationView } from "#lib/sharing/access-schema.ts";
import { DocumentAccess } from "./document-access.tsx";
import { GeneralAccess } from "./general-access.tsx";
import { GrantList } from "./grant-list.tsx";
import { IconCircle } from "./icon-circle.tsx";
import { InviteForm } from "./invite-form.tsx";
import { grantSubjectKey, grantsQuery, managesAccess, seesGrants, visibilityQuery } from "./queries.ts";
import { type OnRefused, type Shareable, type SharedThing, workspaceOf } from "./shared-thing.ts";
import { useCollectionOf } from "./use-collection-of.ts";
import { useRoleLabel } from "./use-roles.ts";

/** Where the focus goes back to: a control of this view, or a link by its id. */
export type ReturnTo = "who" | "people" | { linkId: string };

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
  onLink: (link: LinkView, isQrShown: boolean) => void;
}

/** The first view of the share dialog: add, people with access, general access, links. */
export function ShareContent(props: ShareContentProps) {
  const { thing, of, returnTo, hasLostRights, onUnsent, onSaid, onRefused, onWho, onExplain, onLink } = props;
  const t = useTranslations("share");
  const { canShare, canSeeGrants, owner } = thing;
  const client = useQueryClient();
  const list = useQuery({ ...grantsQuery(thing), enabled: () => seesGrants(client, thing) });
  const own = useQuery(ownAccessQuery(thing));
  const heading = useRef<HTMLHeadingElement>(null);
  const who = useRef<HTMLButtonElement>(null);
  // what was read before is not shown to those who may not see it any more
  const known = canSeeGrants ? list.data : undefined;
  const grants = known?.items ?? [];
  const taken = new Set(grants.map(grantSubjectKey));
  const hasOthers = grants.some(({ isYou, userId }) => !isYou && userId !== owner.id);
  const isMine = own.data?.person.id === owner.id;
  // who uploaded a document is in its list without a grant
  const hasOwnerGrant = grants.some(({ userId }) => userId === owner.id);
  const rest = thing.type === "document" && !hasOwnerGrant ? 1 : 0;
  const open = useQuery({ ...visibilityQuery(thing.id), enabled: thing.type === "collection" });
  const links = useQuery({ ...linksQuery(thing), enabled: () => managesAccess(client, thing) });
  const isAlone =
    canShare && grants.length <= 1 && open.data?.visibility === "private" && links.data?.items.length === 0;
  const returnToLink = typeof returnTo === "object" ? returnTo.linkId : undefined;
  useEffect(() => {
    if (typeof returnTo === "string") (returnTo === "who" ? who : heading).current?.focus();
  }, [returnTo]);
  return (
    <div className="flex flex-col gap-5">
      {canShare && (
        <RequestsSection
          thing={thing}
          onSaid={onSaid}
          onRefused={onRefused}
          onRowGone={() => heading.current?.focus()}
        />
      )}
      {canShare ? (
        <div>
          <InviteForm thing={thing} taken={taken} onUnsent={onUnsent} onSaid={onSaid} onRefused={onRefused} />
          {"document" in of && of.document.accessMode === "private" && (
            <p className="bg-sunken text-ink-muted mt-3 rounded-md px-3 py-2 text-sm">{t("privateShared")}</p>
          )}
        </div>
      ) : (
        <div>
          <p
            role={hasLostRights ? "alert" : undefined}
            className="bg-sunken text-ink-muted rounded-md px-3 py-2 text-sm"
          >
            <WhyReadOnly thing={thing} of={of} readerId={own.data?.person.id} hasLostRights={hasLostRights} />
          </p>
          {!canSeeGrants && <AskForMore wanted={thing} />}
        </div>
      )}
      <section aria-busy={canSeeGrants && list.isPending}>
        <div className="mb-1 flex items-baseline justify-between gap-4">
          <h3 ref={heading} tabIndex={-1} className="text-sm font-semibold outline-none">
            {known ? t("peopleCount", { count: grants.length + rest }) : t("people")}
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
        {!canSeeGrants && "collection" in of && <FewPeople collection={of.collection} own={own.data} />}
        {!canSeeGrants && "document" in of && (
          <ul>
            <OwnerRow document={of.document} isMine={isMine} />
            {!isMine && <OwnRow own={own.data} />}
          </ul>
        )}
        {canSeeGrants && list.isPending && <PeopleSkeleton />}
        {canSeeGrants && list.isError && !known && (
          <ErrorState error={list.error} title={t("listFailed")} onRetry={() => void list.refetch()} />
        )}
        {known && (
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
        {known && isAlone && <p className="text-ink-muted mt-1 text-sm">{t("onlyYou")}</p>}
      </section>
      <section>
        <h3 className="mb-1 text-sm font-semibold">{t("general")}</h3>
        {"collection" in of ? (
          <GeneralAccess collection={of.collection} isOwner={isMine} onSaid={onSaid} onRefused={onRefused} />
        ) : (
          <DocumentAccess document={of.document} isMine={isMine} onSaid={onSaid} onRefused={onRefused} />
        )}
      </section>
      {canShare && (
        <LinksSection
          thing={thing}
          of={of}
          returnTo={returnToLink}
          onSaid={onSaid}
          onRefused={onRefused}
          onSettings={onLink}
        />
      )}
    </div>
  );
}

/** Who can change what is shown, for those who can't. Nobody is sent to themselves. */
function WhyReadOnly({
  thing,
  of,
  readerId,
  hasLostRights,
}: Pick<ShareContentProps, "thing" | "of" | "hasLostRights"> & { readerId: string | null | undefined }) {
  const t = useTranslations("share");
  const around = useCollectionOf("document" in of ? of.document : undefined);
  // who uploaded a document to a collection of somebody else does not manage it
  const owner = around?.owner ?? thing.owner;
  const mode = "document" in of ? of.document.accessMode : null;
  // where only those count who were invited, the collection's owner may be none of them
  const isLimited = mode === "invite";
  const isMine = thing.owner.id === readerId;
  if (mode === "private") return t("privateNow");
  if (isLimited && isMine && around?.abilities.canShare) return t("readOnlyLimited");
  if (isLimited || owner.id === readerId) {
    if (hasLostRights) return t("lostRightsHere");
    return t(thing.canSeeGrants ? "readOnlyHere" : "readOnlySomeHere");
  }
  if (hasLostRights) return t("lostRights", { owner: owner.name });
  if (mode !== null && isMine) return t("readOnlyMine", { owner: owner.name });
  return t(thing.canSeeGrants ? "readOnly" : "readOnlySome", { owner: owner.name });
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
  const collection = useCollectionOf(document);
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
              {collection ? t("everyoneIn", { name: collection.name }) : t("everyoneInCollection")}
            </span>
            {collection && collection.visibility !== "private" && (
              <span className="text-ink-muted block truncate text-sm">
                {t(`visibility.${collection.visibility}.text`, workspaceOf(collection))}
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

/** What readers may know of the others: the few people shown beside the collection's name. They come last themselves. */
function FewPeople({ collection, own }: { collection: CollectionView; own: ExplanationView | undefined }) {
  const t = useTranslations("share");
  return (
    <ul aria-label={t("people")}>
      {collection.people
        .filter(({ id }) => id !== own?.person.id)
        .map((person) => (
          <li key={person.id} className="flex min-h-11 items-center gap-3 py-1.5">
            <Avatar id={person.id} name={person.name} />
            <span className="min-w-0 flex-1 truncate font-medium">{person.name}</span>
            {person.id === collection.owner.id && (
              <span className="text-ink-muted px-2.5 text-sm">{t("roles.owner.label")}</span>
            )}
          </li>
        ))}
      <OwnRow own={own} />
    </ul>
  );
}

/** The reader among those who have access, also where nobody added them. */
function OwnRow({ own }: { own: ExplanationView | undefined }) {
  const common = useTranslations("common");
  const access = useTranslations("access.standing");
  const labelOf = useRoleLabel();
  if (!own) return null;
  const { person, role } = own;
  const name = person.name ?? person.email;
  return (
    <li className="flex min-h-11 items-center gap-3 py-1.5">
      <Avatar id={person.id ?? person.email} name={name} />
      <span className="min-w-0 flex-1 truncate font-medium">
        {name}
        <span className="text-ink-muted font-normal"> ({common("you")})</span>
      </span>
      <span className="text-ink-muted shrink-0 px-2.5 text-sm">{role ? labelOf(role) : access("other")}</span>
    </li>
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
