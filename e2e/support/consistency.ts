import { readdir } from "node:fs/promises";
import path from "node:path";
import type { Product } from "./product.ts";
import { until } from "./until.ts";

/** Every way in which an instance's records could contradict each other; an empty result is what each should give. */
const contradictions = {
  "a counter differs from the ledger": `
    SELECT q.user_id::text AS what FROM user_quotas q LEFT JOIN quota_ledger l USING (user_id) GROUP BY q.user_id
    HAVING (q.documents_used, q.storage_bytes_used, q.collections_used) IS DISTINCT FROM
      (coalesce(sum(l.documents), 0), coalesce(sum(l.storage_bytes), 0), coalesce(sum(l.collections), 0))`,
  "a counter differs from the rows": `
    SELECT q.user_id::text AS what FROM user_quotas q WHERE (q.documents_used, q.storage_bytes_used, q.collections_used) IS DISTINCT FROM (
      (SELECT count(*) FROM documents d WHERE d.owner_id = q.user_id AND d.status <> 'pending'),
      (SELECT coalesce(sum(b.size_bytes), 0) FROM blobs b WHERE b.owner_id = q.user_id),
      (SELECT count(*) FROM collections c WHERE c.owner_id = q.user_id))`,
  "what is under way differs from the pending uploads": `
    SELECT q.user_id::text AS what FROM user_quotas q WHERE (q.pending_documents, q.pending_bytes) IS DISTINCT FROM (
      (SELECT count(*) FROM documents d WHERE d.owner_id = q.user_id AND d.status = 'pending'),
      (SELECT coalesce(sum(d.size_bytes), 0) FROM documents d
        WHERE d.owner_id = q.user_id AND d.status = 'pending' AND d.upload_object_id IS NOT NULL))`,
  "a blob counts its documents wrongly": `
    SELECT b.id::text AS what FROM blobs b WHERE b.refs <> (SELECT count(*) FROM documents d WHERE d.blob_id = b.id)`,
  "a confirmed document has no bytes": `
    SELECT d.id::text AS what FROM documents d LEFT JOIN blobs b ON b.id = d.blob_id LEFT JOIN objects o ON o.id = b.object_id
     WHERE d.status <> 'pending' AND o.state IS DISTINCT FROM 'stored'`,
  "a confirmed document has another number of jobs than one": `
    SELECT d.id::text AS what FROM documents d WHERE d.status <> 'pending'
       AND (SELECT count(*) FROM pdf_jobs j WHERE j.document_id = d.id AND j.kind = 'process') <> 1`,
  // a thumbnail that its process announced and did not live to use is given up by the sweep after a day
  "an object waits for an upload that is not there": `
    SELECT o.id::text || ' ' || o.key AS what FROM objects o WHERE o.state = 'pending' AND o.key NOT LIKE '%.webp'
       AND NOT EXISTS (SELECT FROM documents d WHERE o.id IN (d.upload_object_id, d.thumbnail_object_id))`,
  "an upload was recorded another number of times than once": `
    SELECT d.id::text AS what FROM documents d WHERE d.status <> 'pending'
       AND (SELECT count(*) FROM audit_events a WHERE a.resource_id = d.id AND a.action = 'document.uploaded') <> 1`,
};

/** What is still under way; all of it comes to an end by itself. */
const unfinished = {
  "a job": "SELECT id::text || ' ' || status AS what FROM pdf_jobs WHERE status IN ('pending', 'processing')",
  "an uploaded document": "SELECT id::text AS what FROM documents WHERE status = 'uploaded'",
  "an event in the outbox": "SELECT id::text AS what FROM outbox WHERE delivered_at IS NULL",
  "an event without runs": "SELECT id AS what FROM jobs.event WHERE handled_at IS NULL",
  "a run": "SELECT id::text || ' ' || fn AS what FROM jobs.run WHERE status = 'running'",
};

async function look(product: Product, queries: Record<string, string>): Promise<string[]> {
  const found: string[] = [];
  for (const [name, query] of Object.entries(queries)) {
    for (const { what } of await product.query<{ what: string }>(query)) found.push(`${name}: ${what}`);
  }
  return found;
}

/** Files of the store that no row knows, and rows whose file is not there. */
async function looseObjects(product: Product): Promise<string[]> {
  const folder = path.join(product.dataDir, "storage", "objects");
  const names = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  const files = new Set(
    names
      .filter((entry) => entry.isFile())
      .map((entry) => path.relative(folder, path.join(entry.parentPath, entry.name)).replace(/\.obj$/, "")),
  );
  const rows = await product.query<{ key: string; state: string }>("SELECT key, state FROM objects");
  const known = new Set(rows.map(({ key }) => key));
  return [
    ...rows
      .filter(({ key, state }) => state === "stored" && !files.has(key))
      .map(({ key }) => `no file: ${key}`),
    ...[...files].filter((key) => !known.has(key)).map((key) => `no row: ${key}`),
  ];
}

/** Everything that contradicts something else; nothing, whatever was killed in between. */
export const findContradictions = async (product: Product): Promise<string[]> => [
  ...(await look(product, contradictions)),
  ...(await looseObjects(product)),
];

/** Waits until nothing is under way any more. */
export async function whenQuiet(product: Product, withinMs = 180_000): Promise<void> {
  let left: string[] = [];
  await until(
    "all work to be done",
    async () => (left = await look(product, unfinished)).length === 0,
    withinMs,
  ).catch((error: Error) => {
    throw new Error(`${error.message}: ${left.join(", ")}`);
  });
}
