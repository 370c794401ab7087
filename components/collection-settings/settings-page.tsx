"use client";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import { type ReactNode, useState } from "react";
import { LazyRefused } from "#components/access-requests/lazy-refused.tsx";
import { isRefusal } from "#components/api-error.ts";
import { collectionQuery } from "#components/collections/queries.ts";
import { lazyPart } from "#components/lazy-part.tsx";
import { LazyShareDialog } from "#components/sharing/lazy-share-dialog.tsx";
import { grantsQuery, seesGrants } from "#components/sharing/queries.ts";
import { ShareButton } from "#components/sharing/share-button.tsx";
import { sharedCollection } from "#components/sharing/shared-thing.ts";
import { Page } from "#components/shell/page.tsx";
import { Breadcrumb } from "#components/ui/breadcrumb.tsx";
import { ErrorState } from "#components/ui/error-state.tsx";
import { Skeleton } from "#components/ui/skeleton.tsx";
import { Tabs } from "#components/ui/tabs.tsx";
import type { CollectionView } from "#lib/collections/schema.ts";
import { DangerZone } from "./danger-zone.tsx";
import { GrantsPanel } from "./grants-panel.tsx";
import { isSettingsTab, type SettingsTab } from "./tab-names.ts";

const AuditLog = lazyPart(
  () => import("#components/audit/audit-log.tsx").then((module) => module.AuditLog),
  "audit",
);

interface SettingsPageProps {
  id: string;
  /** As the address names it. */
  initialTab: string | undefined;
  /** What the server has drawn where the reader may not open it. */
  refused: ReactNode;
}

/** Who has access to a collection, what was done with it, and what ends it. */
export function SettingsPage({ id, initialTab, refused }: SettingsPageProps) {
  const t = useTranslations("collectionSettings");
  const shell = useTranslations("shell");
  const query = useQuery(collectionQuery(id));
  const [isSharing, setSharing] = useState(false);
  // what was read before does not stay open once it is refused
  const collection = isRefusal(query.error) ? undefined : query.data;
  return (
    <Page
      breadcrumb={
        <Breadcrumb
          crumbs={[
            collection && collection.role !== "owner"
              ? { label: shell("shared"), href: "/shared" }
              : { label: shell("home"), href: "/" },
            { label: collection?.name ?? "…", href: `/collections/${id}` },
            { label: t("title") },
          ]}
        />
      }
      actions={
        collection &&
        !collection.trashedAt && (
          <ShareButton canShare={collection.abilities.canShare} onPress={() => setSharing(true)} />
        )
      }
    >
      {query.isPending && (refused || <SettingsSkeleton />)}
      {query.isError &&
        !collection &&
        (isRefusal(query.error) ? (
          refused || <LazyRefused type="collection" id={id} />
        ) : (
          <ErrorState error={query.error} onRetry={() => void query.refetch()} />
        ))}
      {collection && (
        <div className="max-w-200">
          <h1 className="font-serif text-xl font-medium">{t("title")}</h1>
          <p className="text-ink-muted mt-1 mb-6 text-pretty wrap-anywhere">
            {t("intro", { name: collection.name })}
          </p>
          <Parts collection={collection} initialTab={initialTab} onShare={() => setSharing(true)} />
          <LazyShareDialog of={{ collection }} isOpen={isSharing} onOpenChange={setSharing} />
        </div>
      )}
    </Page>
  );
}

interface PartsProps {
  collection: CollectionView;
  initialTab: string | undefined;
  onShare: () => void;
}

/** As many parts as the reader may see: those who read alone may leave. */
function Parts({ collection, initialTab, onShare }: PartsProps) {
  const t = useTranslations("collectionSettings");
  const client = useQueryClient();
  const thing = sharedCollection(collection);
  const list = useQuery({ ...grantsQuery(thing), enabled: () => seesGrants(client, thing) });
  const grants = thing.canSeeGrants ? list.data?.items : undefined;
  const kinds = {
    users: grants?.filter(({ group, isExternal }) => !group && !isExternal),
    groups: grants?.filter(({ group }) => group),
    guests: grants?.filter(({ group, isExternal }) => !group && isExternal),
  };
  const tabs = [
    ...(thing.canSeeGrants
      ? (["users", "groups", "guests"] as const).map((name) => ({
          ...{ name, label: t(`tabs.${name}`), count: kinds[name]?.length },
          content: (
            <GrantsPanel
              kind={name}
              collection={collection}
              grants={kinds[name]}
              error={list.data ? null : list.error}
              onRetry={() => void list.refetch()}
              onShare={onShare}
            />
          ),
        }))
      : []),
    ...(collection.abilities.canShare
      ? [
          {
            ...{ name: "audit" as const, label: t("tabs.audit") },
            content: <AuditLog scope={{ collectionId: collection.id }} />,
          },
        ]
      : []),
    {
      ...{ name: "danger" as const, label: t("tabs.danger") },
      content: <DangerZone collection={collection} />,
    },
  ];
  const [chosen, setChosen] = useState<SettingsTab | undefined>(
    isSettingsTab(initialTab) ? initialTab : undefined,
  );
  // rights that end take their part away
  const current = tabs.find(({ name }) => name === chosen)?.name ?? tabs[0]!.name;
  function open(name: SettingsTab) {
    setChosen(name);
    // the address leads back here, and the way back to where one came from
    window.history.replaceState(null, "", `?tab=${name}`);
  }
  return <Tabs label={t("title")} tabs={tabs} current={current} onChange={open} />;
}

function SettingsSkeleton() {
  return (
    <div aria-busy className="max-w-200">
      <Skeleton className="my-1.5 h-7 w-40" />
      <Skeleton className="mt-3 mb-8 h-4 w-72 max-w-full" />
      <Skeleton className="h-60 w-full" />
    </div>
  );
}
