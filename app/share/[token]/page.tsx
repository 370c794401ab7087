import type { Metadata } from "next";
import { getTranslations } from "next-intl/server";
import { LinkCollection } from "#components/link-page/link-collection.tsx";
import { LinkDocument } from "#components/link-page/link-document.tsx";
import { listSharedDocuments } from "#lib/links/index.ts";
import { meet } from "./meet.ts";
import { previewMetadata } from "./preview-metadata.ts";
import { pagesOf, single } from "./pages-of.tsx";
import { Preview } from "./preview.tsx";
import { Locked, Refused } from "./unmet.tsx";

interface Props {
  params: Promise<{ token: string }>;
  searchParams: Promise<Record<string, string | string[] | undefined>>;
}

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  const { token } = await params;
  const met = await meet(token);
  const t = await getTranslations("link");
  if (met.kind === "refused") return { title: t(`refused.${met.why}.title`) };
  return previewMetadata(token, met.told);
}

/** What a public link opens: a collection's documents, or the one document in its viewer. */
export default async function SharePage({ params, searchParams }: Props) {
  const [{ token }, query] = await Promise.all([params, searchParams]);
  const met = await meet(token);
  if (met.kind === "refused") return <Refused why={met.why} seconds={met.seconds} />;
  if (met.kind === "locked") return <Locked token={token} met={met} />;
  const { visit, told } = met;
  if (met.kind === "preview") return <Preview token={token} told={told} />;
  if (told.document) {
    const { document } = told;
    const pages = await pagesOf({ token, visit, document, page: single(query.page), after: undefined });
    return <LinkDocument token={token} told={told} document={document} neighbours={null} pages={pages} />;
  }
  const after = single(query.after);
  const documents = await listSharedDocuments(visit, after ?? undefined);
  return <LinkCollection token={token} told={told} documents={documents} after={after} />;
}
