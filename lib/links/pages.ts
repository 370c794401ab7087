import { z } from "zod";
import { recordAudit } from "#lib/audit/index.ts";
import { Prisma, read, transaction } from "#lib/db/index.ts";
import { AppError, documentNotFound } from "#lib/errors/index.ts";
import { countPages, drawPage, type PagePicture, type PageSource } from "./pictures/index.ts";
import { drawThumbnail } from "./pictures/thumbnails.ts";
import { type Visit } from "./visits.ts";

const sourceRow = z.object({
  content_type: z.string(),
  size_bytes: z.bigint(),
  blob_key: z.string(),
  thumbnail_key: z.string().nullable(),
});

/**
 * A page of a document as a picture, drawn on the server, with the visitor's name in it where the link asks for one.
 * `not_found` for a page that there is not, or that can't be shown. Checked before it is drawn, and after: what was taken
 * back meanwhile is not handed out.
 */
export async function getSharedPage(visit: Visit, documentId: string, page: number): Promise<PagePicture> {
  const source = toPageSource(await demandSource(visit, documentId));
  await noteViewing(visit, documentId);
  const picture = await drawPage(source, page, watermarkOf(visit));
  await demandSource(visit, documentId);
  if (!picture) throw new AppError("not_found", "No such page", { reason: "document" });
  return picture;
}

/** How many pages there are to be looked at; null where a document can't be drawn. */
export async function countSharedPages(visit: Visit, documentId: string): Promise<number | null> {
  const source = await demandSource(visit, documentId);
  return countPages(toPageSource(source), watermarkOf(visit));
}

/** The thumbnail with the visitor's name in it; `not_found` while there is none. For links that ask for a name. */
export async function getMarkedThumbnail(visit: Visit, documentId: string): Promise<PagePicture> {
  const { thumbnail_key: key } = await demandSource(visit, documentId);
  const watermark = watermarkOf(visit);
  const picture = key !== null && watermark !== null && (await drawThumbnail(key, watermark));
  await demandSource(visit, documentId);
  if (!picture) throw new AppError("not_found", "No thumbnail yet", { reason: "document" });
  return picture;
}

/** Who looked, and on what day: what is found somewhere else tells where it came from. */
function watermarkOf({ link, visitorName }: Visit): string | null {
  return link.watermark ? `${visitorName ?? ""} · ${new Date().toISOString().slice(0, 10)}` : null;
}

async function demandSource({ actor }: Visit, documentId: string): Promise<z.output<typeof sourceRow>> {
  const [row] = await read(
    actor,
    sourceRow,
    Prisma.sql`SELECT content_type, size_bytes, blob_key, thumbnail_key FROM app.page_source(${documentId}::uuid)`,
  );
  if (!row) throw documentNotFound();
  return row;
}

const toPageSource = (row: z.output<typeof sourceRow>): PageSource => ({
  key: row.blob_key,
  sizeBytes: Number(row.size_bytes),
  contentType: row.content_type,
});

/** Whoever turns pages reads one document: it stands in the log once an hour by each instance, not once a page. */
const NOTED_MS = 3_600_000;
const MOST_NOTED = 5000;
const noted = new Map<string, number>();

async function noteViewing({ actor, link, visitorName }: Visit, documentId: string): Promise<void> {
  const key = JSON.stringify([link.id, link.generation, documentId, visitorName, actor.ip]);
  const last = noted.get(key);
  if (last !== undefined && Date.now() - last < NOTED_MS) return;
  noted.delete(key);
  noted.set(key, Date.now());
  if (noted.size > MOST_NOTED) noted.delete(noted.keys().next().value!);
  const note = transaction(actor, async (tx) => {
    await recordAudit(tx, actor, {
      action: "document.viewed",
      resource: { type: "document", id: documentId },
      ...(visitorName !== null && { metadata: { name: visitorName } }),
    });
    await tx.$executeRaw`SELECT app.note_visit()`;
  });
  await note.catch((error: unknown) => {
    noted.delete(key);
    throw error;
  });
}
