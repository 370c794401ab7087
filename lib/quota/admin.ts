import { z } from "zod";
import { type UserActor } from "#lib/authz/actor.ts";
import { recordAudit } from "#lib/audit/index.ts";
import { csvLine } from "#lib/audit/csv.ts";
import { only, Prisma, read, transaction, write } from "#lib/db/index.ts";
import { noCursor, PAGE_SIZE, pageFrom } from "#lib/http/cursor.ts";
import type {
  ListQuotasInput,
  QuotaHistoryView,
  QuotaPersonView,
  QuotaSpan,
  QuotaSummaryView,
  SetQuotaInput,
} from "./schema.ts";
import { type QuotaSort } from "./values.ts";

/** Rows read at a time for a file. */
const EXPORT_PAGE = 500;
const TOP = 5;
const bigint = z.bigint().transform(Number);

/** A row of `app.quota_person`. */
const personRow = z.object({
  id: z.string(),
  name: z.string(),
  email: z.string(),
  workspace_name: z.string().nullable(),
  is_suspended: z.boolean(),
  tier: z.string(),
  collections_used: z.number(),
  documents_used: z.number(),
  storage_bytes_used: bigint,
  pdf_jobs_used: z.number(),
  collections: z.number(),
  documents: z.number(),
  storage_bytes: bigint,
  pdf_jobs: z.number(),
  collaborators: z.number(),
  share: z.number().or(z.literal(Infinity)),
  collections_override: z.number().nullable(),
  documents_override: z.number().nullable(),
  storage_bytes_override: bigint.nullable(),
  pdf_jobs_override: z.number().nullable(),
  collaborators_override: z.number().nullable(),
  overrides_end_at: z.date().nullable(),
  overrides_reason: z.string().nullable(),
  joined_at: z.date(),
  last_active_at: z.date().nullable(),
});
type PersonRow = z.output<typeof personRow>;

const toView = (row: PersonRow): QuotaPersonView => ({
  id: row.id,
  name: row.name,
  email: row.email,
  workspaceName: row.workspace_name,
  isSuspended: row.is_suspended,
  tier: row.tier,
  share: Number.isFinite(row.share) ? row.share : null,
  collections: { used: row.collections_used, limit: row.collections },
  documents: { used: row.documents_used, limit: row.documents },
  storageBytes: { used: row.storage_bytes_used, limit: row.storage_bytes },
  pdfJobsPerDay: { used: row.pdf_jobs_used, limit: row.pdf_jobs },
  collaboratorsPerCollection: { limit: row.collaborators },
  overrides: {
    collections: row.collections_override,
    documents: row.documents_override,
    storageBytes: row.storage_bytes_override,
    pdfJobsPerDay: row.pdf_jobs_override,
    collaboratorsPerCollection: row.collaborators_override,
    endsAt: row.overrides_end_at?.toISOString() ?? null,
    reason: row.overrides_reason,
  },
  joinedAt: row.joined_at.toISOString(),
  lastActiveAt: row.last_active_at?.toISOString() ?? null,
});

/** Where a page ended: the value that the list is sorted by, and the person. */
interface Place {
  value: string;
  id: string;
}
const valueOf = (row: PersonRow, sort: QuotaSort): string =>
  sort === "storage" ? String(row.storage_bytes_used) : sort === "share" ? String(row.share) : row.name;

const cursorOf = (row: PersonRow, sort: QuotaSort): string =>
  Buffer.from(JSON.stringify([sort, valueOf(row, sort), row.id])).toString("base64url");

const placeSchema = {
  storage: z.string().regex(/^\d{1,18}$/),
  share: z.string().regex(/^(\d{1,20}(\.\d{1,20})?(e[+-]\d{1,3})?|Infinity)$/),
  name: z.string(),
};
function placeOf(cursor: string | undefined, sort: QuotaSort): Place | null {
  if (cursor === undefined) return null;
  try {
    const [, value, id] = z
      .tuple([z.literal(sort), placeSchema[sort], z.uuid()])
      .parse(JSON.parse(Buffer.from(cursor, "base64url").toString()));
    return { value, id };
  } catch {
    throw noCursor();
  }
}

type Filter = Omit<ListQuotasInput, "cursor">;
const readPeople = (actor: UserActor, filter: Filter, after: Place | null, atMost: number) =>
  read(
    actor,
    personRow,
    Prisma.sql`SELECT * FROM app.list_quotas(${filter.q ?? ""}, ${filter.tier ?? null}, ${filter.state}, ${filter.sort},
      ${after?.value ?? null}, ${after?.id ?? null}::uuid, ${atMost}::int)`,
  );

/** Everybody with what they use and may use, for who runs the instance (`forbidden`, system_admin). Never what it is. */
export async function listQuotas(actor: UserActor, { cursor, ...filter }: ListQuotasInput) {
  const found = await readPeople(actor, filter, placeOf(cursor, filter.sort), PAGE_SIZE + 1);
  return pageFrom(found, toView, PAGE_SIZE, (last) => cursorOf(last, filter.sort));
}

/** The same as CSV, read in pieces. The export is entered in the log first. */
export async function exportQuotas(actor: UserActor, filter: Filter) {
  // refuses before anything is entered
  await readPeople(actor, filter, null, 1);
  await transaction(actor, (tx) => recordAudit(tx, actor, { action: "quota.exported", metadata: filter }));
  return {
    filename: `quotas-${new Date().toISOString().slice(0, 10)}.csv`,
    contentType: "text/csv; charset=utf-8",
    text: asCsv(actor, filter),
  };
}

const columns = {
  name: ({ name }) => name,
  email: ({ email }) => email,
  workspace: ({ workspaceName }) => workspaceName,
  tier: ({ tier }) => tier,
  storage_bytes: ({ storageBytes }) => storageBytes.used,
  storage_bytes_limit: ({ storageBytes }) => storageBytes.limit,
  documents: ({ documents }) => documents.used,
  documents_limit: ({ documents }) => documents.limit,
  collections: ({ collections }) => collections.used,
  collections_limit: ({ collections }) => collections.limit,
  pdf_jobs_today: ({ pdfJobsPerDay }) => pdfJobsPerDay.used,
  pdf_jobs_per_day: ({ pdfJobsPerDay }) => pdfJobsPerDay.limit,
  own_limits_end_at: ({ overrides }) => overrides.endsAt,
  own_limits_reason: ({ overrides }) => overrides.reason,
  joined_at: ({ joinedAt }) => joinedAt,
  last_active_at: ({ lastActiveAt }) => lastActiveAt,
} satisfies Record<string, (person: QuotaPersonView) => string | number | null>;

async function* asCsv(actor: UserActor, filter: Filter): AsyncGenerator<string> {
  yield csvLine(Object.keys(columns));
  for (let after: Place | null = null; ;) {
    const found: PersonRow[] = await readPeople(actor, filter, after, EXPORT_PAGE);
    yield found.map((row) => csvLine(Object.values(columns).map((cell) => cell(toView(row))))).join("");
    const last = found.at(-1);
    if (!last || found.length < EXPORT_PAGE) return;
    after = { value: valueOf(last, filter.sort), id: last.id };
  }
}

const summaryRow = z.object({
  people: z.number(),
  documents: bigint,
  storage_bytes: bigint,
  near: z.number(),
  over: z.number(),
  refusals: z.number(),
  steps: z.array(z.number()),
  tiers: z.record(z.string(), z.number()),
});
const tierRow = z.object({
  name: z.string(),
  collections: z.number(),
  documents: z.number(),
  storageBytes: bigint,
  pdfJobsPerDay: z.number(),
  collaboratorsPerCollection: z.number(),
});
const uploaderRow = z.object({
  id: z.string(),
  name: z.string(),
  email: z.string(),
  storage_bytes: bigint,
  documents: bigint,
});

/** The figures of everybody together, over the last days; for who runs the instance. */
export async function summarizeQuotas(actor: UserActor, { days }: QuotaSpan): Promise<QuotaSummaryView> {
  const [found, tiers, uploaders] = await Promise.all([
    read(actor, summaryRow, Prisma.sql`SELECT * FROM app.quota_summary(${days}::int)`),
    read(
      actor,
      tierRow,
      Prisma.sql`SELECT name, collections, documents, storage_bytes AS "storageBytes", pdf_jobs_per_day AS "pdfJobsPerDay",
        collaborators_per_collection AS "collaboratorsPerCollection" FROM tiers ORDER BY storage_bytes, name`,
    ),
    read(actor, uploaderRow, Prisma.sql`SELECT * FROM app.top_uploaders(${days}::int, ${TOP}::int)`),
  ]);
  const { storage_bytes: storageBytes, steps, tiers: peopleOf, ...figures } = only(found);
  return {
    ...figures,
    storageBytes,
    distribution: steps,
    tiers: tiers.map((tier) => ({ ...tier, people: peopleOf[tier.name] ?? 0 })),
    topUploaders: uploaders.map(({ storage_bytes: bytes, ...person }) => ({
      ...person,
      storageBytes: bytes,
    })),
  };
}

const dayRow = z.object({ day: z.string(), documents: bigint, storage_bytes: bigint, refused: z.number() });

/** What was stored at the end of each of the last days, from old to new; for who runs the instance. */
export async function quotaHistory(actor: UserActor, { days }: QuotaSpan): Promise<QuotaHistoryView> {
  const found = await read(
    actor,
    dayRow,
    Prisma.sql`SELECT day::text, documents, storage_bytes, refused FROM app.quota_history(${days}::int)`,
  );
  return {
    days: found.map(({ day, documents, storage_bytes: storageBytes, refused: refusals }) => ({
      ...{ day, documents, storageBytes, refusals },
    })),
  };
}

/**
 * Gives a person another tier or limits of their own, or the tier's again; for who runs the instance. What is used stays:
 * a smaller limit only keeps more from coming. Throws `not_found` (person, tier).
 */
export async function setQuota(
  actor: UserActor,
  id: string,
  { tier, overrides = {}, reason, endsAt = null }: SetQuotaInput,
): Promise<QuotaPersonView> {
  const changes = { ...overrides, ...(tier !== undefined && { tier }) };
  const found = await write(
    actor,
    personRow,
    Prisma.sql`SELECT * FROM app.set_quota(${id}::uuid, ${JSON.stringify(changes)}::jsonb, ${reason}, ${endsAt}::timestamptz)`,
  );
  return toView(only(found));
}
