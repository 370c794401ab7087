import { type ReactNode } from "react";
import { PagePictures } from "#components/link-page/page-pictures.tsx";
import { countSharedPages, type Visit } from "#lib/links/index.ts";
import { type SharedDocumentView } from "#lib/links/schema.ts";

/** A value of a query that is there once. */
export const single = (value: string | string[] | undefined): string | null =>
  typeof value === "string" ? value : null;

/** What is shown in place of a viewer where the file itself is not given; null where it is. */
export async function pagesOf(o: {
  token: string;
  visit: Visit;
  document: SharedDocumentView;
  page: string | null;
  after: string | null | undefined;
}): Promise<ReactNode> {
  const { token, visit, document, after } = o;
  if (visit.link.allowDownload) return null;
  const from = /^[1-9]\d{0,5}$/.test(o.page ?? "") ? Number(o.page) : 1;
  const pageCount =
    document.contentType === "application/pdf" && document.pageCount !== null
      ? document.pageCount
      : await countSharedPages(visit, document.id);
  return <PagePictures token={token} document={document} pageCount={pageCount} from={from} after={after} />;
}
