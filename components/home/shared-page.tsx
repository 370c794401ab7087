"use client";
import { useInfiniteQuery } from "@tanstack/react-query";
import { Users } from "lucide-react";
import { useTranslations } from "next-intl";
import { CollectionGrid } from "#components/collections/collection-grid.tsx";
import { NewCollectionHotkey } from "#components/collections/new-collection-button.tsx";
import { DocumentBrowser } from "#components/documents/document-browser.tsx";
import { documentListQuery } from "#components/documents/queries.ts";
import { itemsOf } from "#components/list-pages.ts";
import { Page } from "#components/shell/page.tsx";
import { Breadcrumb } from "#components/ui/breadcrumb.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { Section } from "./home-page.tsx";

/** What others have opened to the reader. */
export function SharedPage() {
  const t = useTranslations("home");
  const shell = useTranslations("shell");
  const documents = useInfiniteQuery(documentListQuery({ scope: "shared" }));
  const items = itemsOf(documents.data);
  return (
    <Page breadcrumb={<Breadcrumb crumbs={[{ label: shell("shared") }]} />}>
      <NewCollectionHotkey />
      <h1 className="mb-6 font-serif text-xl font-medium">{shell("shared")}</h1>
      <h2 className="sr-only">{t("sharedCollections")}</h2>
      <div className="flex flex-col gap-10">
        <CollectionGrid
          scope="shared"
          label={shell("shared")}
          empty={
            items.length === 0 && (
              <EmptyState icon={<Users />} title={t("noneShared.title")} text={t("noneShared.text")} />
            )
          }
        />
        {items.length > 0 && (
          <Section title={t("sharedDocuments")}>
            <DocumentBrowser
              documents={items}
              view="grid"
              label={t("sharedDocuments")}
              hasMore={documents.hasNextPage}
              isLoadingMore={documents.isFetchingNextPage}
              onMore={() => void documents.fetchNextPage()}
            />
          </Section>
        )}
      </div>
    </Page>
  );
}
