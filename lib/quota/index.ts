import { z } from "zod";
import { type UserActor, system } from "#lib/authz/actor.ts";
import { Prisma, read, transaction } from "#lib/db/index.ts";
import { env } from "#lib/env/index.ts";
import { AppError } from "#lib/errors/index.ts";
import { type QuotaView } from "./schema.ts";

export { exportQuotas, listQuotas, quotaHistory, setQuota, summarizeQuotas } from "./admin.ts";

const quotaRow = z.object({
  tier: z.string(),
  collectionsUsed: z.number(),
  documentsUsed: z.number(),
  storageBytesUsed: z.bigint(),
  pdfJobsUsed: z.number(),
  collections: z.number(),
  documents: z.number(),
  storageBytes: z.bigint(),
  pdfJobs: z.number(),
  collaborators: z.number(),
});

/** What the person uses and may use. Counters are exact at the moment of reading; bytes fit a number up to 8 PB. */
export async function getQuota(actor: UserActor): Promise<QuotaView> {
  const [row] = await read(
    actor,
    quotaRow,
    Prisma.sql`
      SELECT q.tier_name AS tier, q.collections_used AS "collectionsUsed", q.documents_used AS "documentsUsed",
        q.storage_bytes_used AS "storageBytesUsed",
        CASE WHEN q.pdf_jobs_day = (now() AT TIME ZONE 'utc')::date THEN q.pdf_jobs_used ELSE 0 END AS "pdfJobsUsed",
        l.collections, l.documents, l.storage_bytes AS "storageBytes", l.pdf_jobs AS "pdfJobs", l.collaborators
      FROM user_quotas q, app.quota_limits(q.user_id) l WHERE q.user_id = ${actor.id}::uuid`,
  );
  if (!row) throw new AppError("unauthenticated", "No quota row for this person");
  const tomorrow = new Date();
  tomorrow.setUTCHours(24, 0, 0, 0);
  return {
    tier: row.tier,
    collections: { used: row.collectionsUsed, limit: row.collections },
    documents: { used: row.documentsUsed, limit: row.documents },
    storageBytes: { used: Number(row.storageBytesUsed), limit: Number(row.storageBytes) },
    pdfJobsPerDay: { used: row.pdfJobsUsed, limit: row.pdfJobs, resetsAt: tomorrow.toISOString() },
    collaboratorsPerCollection: { limit: row.collaborators },
  };
}

/** Writes the tiers' limits from the environment; unchanged ones cost nothing. Called at every start. */
export async function syncTiers(): Promise<void> {
  await transaction(system, async (tx) => {
    for (const [name, ...limits] of [
      [
        "free",
        env.FREE_COLLECTIONS,
        env.FREE_DOCUMENTS,
        env.FREE_STORAGE_BYTES,
        env.FREE_PDF_JOBS_PER_DAY,
        env.FREE_COLLABORATORS_PER_COLLECTION,
      ],
      [
        "pro",
        env.PRO_COLLECTIONS,
        env.PRO_DOCUMENTS,
        env.PRO_STORAGE_BYTES,
        env.PRO_PDF_JOBS_PER_DAY,
        env.PRO_COLLABORATORS_PER_COLLECTION,
      ],
    ] as const) {
      const [collections, documents, bytes, jobs, collaborators] = limits;
      await tx.$executeRaw`SELECT app.set_tier(${name}, ${collections}::int, ${documents}::int, ${bytes}::bigint, ${jobs}::int,
        ${collaborators}::int, ${env.MAX_PENDING_UPLOADS}::int)`;
    }
  });
}
