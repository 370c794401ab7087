"use client";
import { FileText, FolderClosed } from "lucide-react";
import { useTranslations } from "next-intl";
import Link from "next/link";
import { Row, RowIcon } from "#components/groups/group-rows.tsx";
import { LinkFacts, LinkState, useLinkName } from "#components/share-links/words.tsx";
import { Button } from "#components/ui/button.tsx";
import type { WorkspaceLinkView } from "#lib/links/schema.ts";

type Linked = Pick<WorkspaceLinkView, "collection" | "document">;

/** What a link opens, as far as the reader may know. */
export function useLinkedName(): (link: Linked) => string {
  const t = useTranslations("links.workspace");
  return ({ collection, document }) =>
    document
      ? (document.name ?? t("closedDocument", { collection: collection.name }))
      : `“${collection.name}”`;
}

/** One link of the workspace: what it opens, what it gives, who made it; to be revoked here. */
export function LinkLine({ link, onRevoke }: { link: WorkspaceLinkView; onRevoke: () => void }) {
  const t = useTranslations("links.workspace");
  const nameOf = useLinkName();
  const { collection, document, createdBy } = link;
  const linked = document
    ? (document.name ?? t("closedDocument", { collection: collection.name }))
    : collection.name;
  const path = document ? `/documents/${document.id}` : `/collections/${collection.id}`;
  return (
    <Row
      icon={<RowIcon>{document ? <FileText /> : <FolderClosed />}</RowIcon>}
      title={
        link.canOpen ? (
          <Link href={path} className="rounded-sm hover:underline">
            {linked}
          </Link>
        ) : (
          linked
        )
      }
      badge={<LinkState state={link.state} />}
      facts={
        <>
          <span className="block">
            {t("link", { name: nameOf(link) })}
            {document?.name && ` ${t("documentIn", { collection: collection.name })}`}
            <span aria-hidden> · </span>
            {createdBy ? t("by", { name: createdBy.name ?? createdBy.email }) : t("unknownMaker")}
          </span>
          <LinkFacts link={link} />
        </>
      }
      action={
        <Button
          size="sm"
          data-link={link.id}
          aria-label={t("revoke", { name: `${linked}, ${nameOf(link)}` })}
          onClick={onRevoke}
        >
          {t("revokeShort")}
        </Button>
      }
    />
  );
}
