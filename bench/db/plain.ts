import type { ListDocumentsInput } from "#lib/documents/schema.ts";

/** A statement and its values. */
export interface Plain {
  text: string;
  values: unknown[];
}

const LAST = "ffffffff-ffff-ffff-ffff-ffffffffffff";

const columns = `d.id, d.collection_id, d.name, d.content_type, d.size_bytes, d.status, d.problem, d.progress, d.page_count,
  d.thumbnail_object_id IS NOT NULL, d.access_mode, d.owner_id, app.person_name(d.owner_id),
  app.document_mask(d.id, d.collection_id, d.owner_id, d.access_mode), d.version, d.created_at, d.updated_at, d.deleted_at`;
const live = "d.deleted_at IS NULL AND d.status <> 'pending'";
const named = "AND ($2::text IS NULL OR strpos(lower(d.name), lower($2)) > 0)";

/** The newest granted documents, taken from the collections with the newest documents. */
const given = (others: string) => {
  const wanted = `${live} AND d.id < $1::uuid ${named} ${others}`;
  return `d.id IN (SELECT id FROM (
    (SELECT d.id FROM (
       SELECT mine.collection_id FROM
         (SELECT DISTINCT g.collection_id FROM app.my_collection_grants g WHERE g.mask & 1 <> 0 AND NOT g.is_everyone) mine
         JOIN collections c ON c.id = mine.collection_id AND c.deleted_at IS NULL,
         LATERAL (SELECT d.id FROM documents d WHERE d.collection_id = mine.collection_id AND ${wanted} ORDER BY d.id DESC LIMIT 1) newest
        ORDER BY newest.id DESC LIMIT $3) top,
       LATERAL (SELECT d.id FROM documents d WHERE d.collection_id = top.collection_id AND ${wanted} ORDER BY d.id DESC LIMIT $3) d
      ORDER BY d.id DESC LIMIT $3)
    UNION
    (SELECT d.id FROM app.my_document_grants g JOIN documents d ON d.id = g.document_id
      WHERE g.mask & 1 <> 0 AND NOT g.is_everyone AND ${wanted} AND app.is_collection_live(d.collection_id)
      ORDER BY d.id DESC LIMIT $3)) given ORDER BY id DESC LIMIT $3)`;
};

/** A page of documents as a statement over the tables, filtered by the policies. */
export function plainDocuments({ collectionId, scope, q, cursor }: Partial<ListDocumentsInput>): Plain {
  const which = collectionId
    ? `d.collection_id = $4::uuid AND ${live} AND d.id < $1::uuid ${named}`
    : given(scope === "shared" ? "AND d.owner_id <> app.actor_id()" : "");
  return {
    text: `SELECT ${columns} FROM documents d WHERE ${which} ORDER BY d.id DESC LIMIT $3`,
    values: [cursor ?? LAST, q ?? null, 51, ...(collectionId ? [collectionId] : [])],
  };
}

/** The same for recent documents. Their ids are given, because a statement under the policies cannot read them. */
export const plainRecent = (ids: string[]): Plain => ({
  text: `SELECT ${columns} FROM documents d WHERE d.id = ANY ($1::uuid[]) AND ${live} AND app.is_collection_live(d.collection_id) LIMIT 24`,
  values: [ids],
});

/** The same for one document. */
export const plainDocument = (id: string): Plain => ({
  text: `SELECT ${columns} FROM documents d WHERE d.id = $1::uuid AND ${live}`,
  values: [id],
});

const cards = `SELECT c.id, c.name, c.description, c.visibility, c.owner_id, app.person_name(c.owner_id), c.version, c.created_at, c.updated_at,
    c.deleted_at, app.collection_mask(c.id),
    (SELECT count(*)::int FROM (SELECT FROM documents d WHERE d.collection_id = c.id AND ${live} LIMIT 1000) counted)
  FROM collections c`;

/** The same for a page of all granted collections, without the people on their cards. */
export const plainCollections = (): Plain => ({
  text: `${cards}
   WHERE c.id IN (SELECT g.collection_id FROM app.my_collection_grants g WHERE g.mask & 1 <> 0 AND NOT g.is_everyone)
     AND c.deleted_at IS NULL AND c.id < $1::uuid ORDER BY c.id DESC LIMIT $2`,
  values: [LAST, 51],
});

/** The same for one collection. */
export const plainCollection = (id: string): Plain => ({
  text: `${cards} WHERE c.id = $1::uuid`,
  values: [id],
});
