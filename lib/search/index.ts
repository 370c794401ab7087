import { z } from "zod";
import { sealing } from "#lib/auth/index.ts";
import { type UserActor } from "#lib/authz/actor.ts";
import { Prisma, read } from "#lib/db/index.ts";
import { noCursor } from "#lib/http/cursor.ts";
import { markedText, passageOf } from "./marks.ts";
import { type SearchHit, type SearchInput, type SearchResult } from "./schema.ts";

/** Passages of so many are read at a glance. */
const PAGE_SIZE = 20;

const stages = z.enum(["name", "text"]);
/** Where a page ended: in an order that would tell how many there are. */
const placeSchema = z.tuple([
  stages,
  z
    .string()
    .regex(/^\d{1,19}$/)
    .nullable(),
]);
const { seal, unseal } = sealing("places in searches, version 1");

const row = z.object({
  n: z.number(),
  kind: z.string().nullable(),
  id: z.string().nullable(),
  name: z.string().nullable(),
  email: z.string().nullable(),
  ownerName: z.string().nullable(),
  collectionId: z.string().nullable(),
  collectionName: z.string().nullable(),
  contentType: z.string().nullable(),
  pageCount: z.number().nullable(),
  hasThumbnail: z.boolean().nullable(),
  updatedAt: z.date().nullable(),
  nameMarks: z.array(z.string()).nullable(),
  textMarks: z.array(z.string()).nullable(),
  page: z.number().nullable(),
  body: z.string().nullable(),
  isClose: z.boolean().nullable(),
  nextStage: stages.nullable(),
  nextBefore: z.bigint().nullable(),
});
type Row = z.output<typeof row>;

/**
 * Documents, collections and people with all words of a query, filtered by what the actor may open, or know, before the
 * page is cut. Names come before texts, and the newest first. One statement, which looks at a bounded number of entries:
 * a page can be short, or empty, and still have a next one. Refuses a collection that may not be seen (`forbidden`).
 */
export async function search(
  actor: UserActor,
  { q, collectionId, type, cursor }: SearchInput,
): Promise<SearchResult> {
  const [stage, before] = cursor === undefined ? (["name", null] as const) : placeOf(cursor, actor);
  const found = await read(
    actor,
    row,
    Prisma.sql`
      SELECT n, kind, id, name, email, owner_name AS "ownerName", collection_id AS "collectionId", collection_name AS "collectionName",
             content_type AS "contentType", page_count AS "pageCount", has_thumbnail AS "hasThumbnail", updated_at AS "updatedAt",
             name_marks AS "nameMarks", text_marks AS "textMarks", page, body, is_close AS "isClose", next_stage AS "nextStage", next_before AS "nextBefore"
        FROM app.search(${q}, ${type ?? null}, ${collectionId ?? null}::uuid, ${stage}, ${before}::bigint, ${PAGE_SIZE}::int)`,
  );
  const next = found.find(({ n }) => n === 0);
  const hits = found.filter(({ n }) => n > 0);
  return {
    items: hits.map(toHit),
    nextCursor: next?.nextStage ? cursorOf([next.nextStage, next.nextBefore], actor) : null,
    isClose: hits[0]?.isClose ?? false,
  };
}

function toHit(found: Row): SearchHit {
  const { kind, email, ownerName, collectionId, contentType, body, page } = found;
  const id = found.id!;
  const name = markedText(found.name!, new Set(found.nameMarks));
  if (kind === "collection") return { kind, collection: { id, name, ownerName: ownerName! } };
  if (kind === "person") return { kind, person: { id, name, email: email! } };
  return {
    kind: "document",
    document: {
      ...{
        id,
        name,
        contentType: contentType!,
        pageCount: found.pageCount,
        hasThumbnail: found.hasThumbnail!,
      },
      updatedAt: found.updatedAt!.toISOString(),
      collection: { id: collectionId!, name: found.collectionName },
    },
    page,
    passage: body === null ? null : passageOf(body, new Set(found.textMarks)),
  };
}

const cursorOf = ([stage, before]: [string, bigint | null], actor: UserActor): string =>
  seal(Buffer.from(JSON.stringify([stage, before?.toString() ?? null])), actor.id).toString("base64url");

function placeOf(cursor: string, actor: UserActor): z.output<typeof placeSchema> {
  try {
    return placeSchema.parse(JSON.parse(unseal(Buffer.from(cursor, "base64url"), actor.id).toString()));
  } catch {
    throw noCursor();
  }
}
