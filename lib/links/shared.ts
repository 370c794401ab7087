import { recordAudit } from "#lib/audit/index.ts";
import { getCollection } from "#lib/collections/index.ts";
import { transaction } from "#lib/db/index.ts";
import { getContentUrl, getDocument, getThumbnailUrl, listDocuments } from "#lib/documents/index.ts";
import { type DocumentView } from "#lib/documents/schema.ts";
import { type Page } from "#lib/http/schema.ts";
import { type OpenSharedView, type SharedDocumentView, type SharedView } from "./schema.ts";
import { type Arrival, meetLink, type Meeting, type Visit } from "./visits.ts";

/** What a link opens, or what it asks for first, as far as that may be told; and the cookies of a visit that begins. */
export async function meetShared(arrival: Arrival): Promise<{ told: SharedView; setCookies: string[] }> {
  const met = await meetLink(arrival);
  return { told: await tellShared(met), setCookies: met.visit.setCookies };
}

async function tellShared(met: Meeting): Promise<SharedView> {
  if (met.kind !== "locked") return describeShared(met.visit);
  const { needsName } = met;
  if (met.needsPassword || !needsName) return { needsPassword: true, needsName };
  const { ownerName, resource } = await describeShared(met.visit);
  return { needsPassword: false, needsName, ownerName, resource };
}

/** What a link opens, for somebody who was let in. `not_found` when that is gone meanwhile, here and below. */
export async function describeShared({ actor, link }: Visit): Promise<OpenSharedView> {
  const { resource, role, allowDownload, watermark, expiresAt } = link;
  const told = { needsPassword: false, needsName: false, role, allowDownload, watermark, expiresAt } as const;
  if (resource.type === "collection") {
    const { name, description, owner } = await getCollection(actor, resource.id);
    return { ...told, ownerName: owner.name, resource: { ...resource, name, description }, document: null };
  }
  const document = await getDocument(actor, resource.id);
  return {
    ...told,
    ownerName: document.owner.name,
    resource: { ...resource, name: document.name, description: "" },
    document: toShared(document, allowDownload),
  };
}

/** What lies in a linked collection, newest first; of a linked document, that alone. */
export async function listSharedDocuments(
  { actor, link }: Visit,
  cursor: string | undefined,
): Promise<Page<SharedDocumentView>> {
  const { resource, allowDownload } = link;
  if (resource.type === "document")
    return { items: [toShared(await getDocument(actor, resource.id), allowDownload)], nextCursor: null };
  const page = await listDocuments(actor, { scope: "live", collectionId: resource.id, cursor });
  return { ...page, items: page.items.map((document) => toShared(document, allowDownload)) };
}

export const getSharedDocument = async (
  { actor, link }: Visit,
  documentId: string,
): Promise<SharedDocumentView> => toShared(await getDocument(actor, documentId), link.allowDownload);

/**
 * A presigned address of a file, for 60 seconds: to show in place, or to save. A link for looking alone refuses both
 * (`forbidden`, `link_download`): what it shows are pictures of pages. The audit log says of each which document it was.
 */
export function getSharedContentUrl(
  { actor }: Visit,
  documentId: string,
  disposition: "inline" | "attachment",
): Promise<{ url: string; expiresAt: string }> {
  return transaction(actor, async (tx) => {
    const found = await getContentUrl(actor, documentId, disposition);
    if (disposition === "inline")
      await recordAudit(tx, actor, {
        action: "document.viewed",
        resource: { type: "document", id: documentId },
      });
    await tx.$executeRaw`SELECT app.note_visit()`;
    return found;
  });
}

export const getSharedThumbnailUrl = ({ actor }: Visit, documentId: string) =>
  getThumbnailUrl(actor, documentId);

const toShared = (document: DocumentView, canDownload: boolean): SharedDocumentView => ({
  id: document.id,
  name: document.name,
  contentType: document.contentType,
  sizeBytes: document.sizeBytes,
  status: document.status,
  problem: document.problem,
  progress: document.progress,
  pageCount: document.pageCount,
  hasThumbnail: document.hasThumbnail,
  createdAt: document.createdAt,
  updatedAt: document.updatedAt,
  abilities: { canComment: document.abilities.canComment, canDownload },
});
