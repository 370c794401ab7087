import type { Metadata } from "next";
import { headers } from "next/headers";
import { getTranslations } from "next-intl/server";
import { cache } from "react";
import { LinkDocument, type Neighbours } from "#components/link-page/link-document.tsx";
import { AppError } from "#lib/errors/index.ts";
import { answerPage } from "#lib/http/page-answer.ts";
import { idSchema } from "#lib/http/schema.ts";
import { getSharedDocument, listSharedDocuments, type Visit } from "#lib/links/index.ts";
import { type SharedDocumentView } from "#lib/links/schema.ts";
import { meet } from "../../meet.ts";
import { pagesOf, single } from "../../pages-of.tsx";
import { Preview } from "../../preview.tsx";
import { Locked, Refused } from "../../unmet.tsx";

interface Props {
  params: Promise<{ token: string; id: string }>;
  searchParams: Promise<Record<string, string | string[] | undefined>>;
}

/** Null where the link opens no such document; the answer says so. */
const find = cache(async (visit: Visit, id: string): Promise<SharedDocumentView | null> => {
  try {
    if (idSchema.safeParse(id).success) return await getSharedDocument(visit, id);
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== "not_found") throw error;
  }
  answerPage(await headers(), { status: 404 });
  return null;
});

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  const { token, id } = await params;
  const met = await meet(token);
  const t = await getTranslations("link");
  if (met.kind === "refused") return { title: t(`refused.${met.why}.title`) };
  if (met.kind !== "open") return { title: met.told?.resource.name ?? t("card.title") };
  return { title: (await find(met.visit, id))?.name ?? t("refused.document.title") };
}

export default async function SharedDocument({ params, searchParams }: Props) {
  const [{ token, id }, query] = await Promise.all([params, searchParams]);
  const met = await meet(token);
  if (met.kind === "refused") return <Refused why={met.why} seconds={met.seconds} />;
  if (met.kind === "locked") return <Locked token={token} met={met} />;
  const { visit, told } = met;
  if (met.kind === "preview") return <Preview token={token} told={told} />;
  const document = await find(visit, id);
  if (!document) return <Refused why="document" />;
  const after = single(query.after);
  const [neighbours, pages] = await Promise.all([
    told.resource.type === "collection" ? neighboursOf(visit, id, after) : null,
    pagesOf({ token, visit, document, page: single(query.page), after }),
  ]);
  return <LinkDocument token={token} told={told} document={document} neighbours={neighbours} pages={pages} />;
}

/** Those before and after it on the page of the list that led here. */
async function neighboursOf(visit: Visit, id: string, after: string | null): Promise<Neighbours> {
  const { items } = await listSharedDocuments(visit, after ?? undefined);
  const at = items.findIndex((item) => item.id === id);
  if (at < 0) return { previous: null, next: null, after };
  return { previous: items[at - 1] ?? null, next: items[at + 1] ?? null, after };
}
