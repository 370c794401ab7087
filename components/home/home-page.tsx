"use client";
import { useInfiniteQuery } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import Link from "next/link";
import type { ReactNode } from "react";
import { CollectionGrid } from "#components/collections/collection-grid.tsx";
import { NewCollectionButton } from "#components/collections/new-collection-button.tsx";
import { collectionListQuery } from "#components/collections/queries.ts";
import { itemsOf } from "#components/list-pages.ts";
import { Page } from "#components/shell/page.tsx";
import { Breadcrumb } from "#components/ui/breadcrumb.tsx";
import { DropZone } from "#components/uploads/drop-zone.tsx";
import { UploadButton } from "#components/uploads/upload-button.tsx";
import { OffersNotice } from "#components/workspace/offers-notice.tsx";
import { FirstSteps } from "./first-steps.tsx";
import { RecentDocuments } from "./recent-documents.tsx";

/** Where one arrives: what was touched last, one's own collections, and those of others. */
export function HomePage() {
  const t = useTranslations("home");
  const shell = useTranslations("shell");
  const owned = useInfiniteQuery(collectionListQuery("owned"));
  const shared = useInfiniteQuery(collectionListQuery("shared"));
  const isNew =
    owned.data && shared.data && itemsOf(owned.data).length === 0 && itemsOf(shared.data).length === 0;
  return (
    <Page
      breadcrumb={<Breadcrumb crumbs={[{ label: shell("home") }]} />}
      actions={
        <>
          <UploadButton collection={null} hasHotkey />
          <NewCollectionButton variant="primary" />
        </>
      }
    >
      <h1 className="sr-only">{shell("home")}</h1>
      <DropZone collection={null} label={t("dropHere")} />
      <OffersNotice />
      {isNew ? (
        <FirstSteps />
      ) : (
        <div className="flex flex-col gap-10">
          <RecentDocuments />
          <Section title={t("mine")}>
            <CollectionGrid
              scope="owned"
              label={t("mine")}
              empty={<p className="text-ink-muted">{t("noneOwned")}</p>}
            />
          </Section>
          {itemsOf(shared.data).length > 0 && (
            <Section
              title={t("shared")}
              aside={
                <Link
                  href="/shared"
                  className="text-accent-ink rounded-sm text-sm font-medium hover:underline"
                >
                  {t("allShared")}
                </Link>
              }
            >
              <CollectionGrid scope="shared" label={t("shared")} empty={null} />
            </Section>
          )}
        </div>
      )}
    </Page>
  );
}

function Section({ title, aside, children }: { title: string; aside?: ReactNode; children: ReactNode }) {
  return (
    <section>
      <div className="mb-3 flex items-baseline justify-between gap-4">
        <h2 className="text-md font-semibold">{title}</h2>
        {aside}
      </div>
      {children}
    </section>
  );
}
