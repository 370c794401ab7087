import { type UserActor, system } from "#lib/authz/actor.ts";
import { z } from "zod";
import { Prisma, read, transaction } from "#lib/db/index.ts";
import { beforeId } from "#lib/http/cursor.ts";
import { csvLine } from "./csv.ts";
import { type AuditFilter, entryRow, type EntryRow, readEntries, toView } from "./list.ts";
import { recordAudit } from "./record.ts";
import { type AuditEntryView, type ExportAuditInput } from "./schema.ts";
import { commitmentIn, type Part, parts, saltOf } from "./seal/leaf.ts";
import { BLOCK_LEAVES, Prover } from "./seal/merkle.ts";
import { checkpointOf, verifierKeysOf } from "./seal/publish.ts";
import { type KeyRing } from "./seal/keys.ts";
import { sealAll } from "./seal/seal.ts";
import { configuredKeys } from "./seal/sealer.ts";
import { exportLine, type Proof } from "./verify/format.ts";

/** Entries read at a time. */
const PAGE = 500;

/** A file in pieces, as it is read. */
export interface AuditExport {
  filename: string;
  contentType: string;
  text: AsyncIterable<string>;
}

/**
 * The log as a file, for those who may read it; what is kept from them in the log is kept from them here. CSV is for
 * spreadsheets. JSON Lines come with proofs against signed checkpoints, for `npm run audit:verify --file`: a whole
 * workspace's in the order of its chain, so that what is missing is found, and a selection entry by entry. The export
 * itself is entered first. It is read in pieces, each as the actor may at that moment.
 */
export async function exportAudit(
  actor: UserActor,
  { format, ...filter }: ExportAuditInput,
): Promise<AuditExport> {
  const { collectionId, ...chosen } = filter;
  // refuses before anything is entered
  await readEntries(actor, filter, { before: beforeId(undefined), atMost: 1 });
  await transaction(actor, (tx) =>
    recordAudit(tx, actor, {
      action: "audit.exported",
      ...(collectionId && { resource: { type: "collection", id: collectionId } }),
      metadata: { format, ...chosen },
    }),
  );
  const day = new Date().toISOString().slice(0, 10);
  return format === "csv"
    ? { filename: `audit-${day}.csv`, contentType: "text/csv; charset=utf-8", text: asCsv(actor, filter) }
    : {
        filename: `audit-${day}.jsonl`,
        contentType: "application/jsonl; charset=utf-8",
        text: asJsonLines(actor, filter),
      };
}

/** Entries from new to old, a page at a time. */
async function* pagesOf(actor: UserActor, filter: AuditFilter): AsyncGenerator<EntryRow[]> {
  for (let before: string | null = beforeId(undefined); before;) {
    const found: EntryRow[] = await readEntries(actor, filter, { before, atMost: PAGE });
    const last = found.at(-1);
    yield found.filter(({ is_place }) => !is_place);
    before = last && (last.is_place || found.length === PAGE) ? last.id : null;
  }
}

/** The sealed entries of the workspace in the order of its chain, up to one of them. */
async function* chainOf(actor: UserActor, upTo: number): AsyncGenerator<EntryRow[]> {
  for (let after = 0; ;) {
    const found: EntryRow[] = await read(
      actor,
      entryRow,
      Prisma.sql`SELECT * FROM app.walk_audit(${after}::bigint, ${PAGE}::int)`,
    );
    yield found.filter(({ seq }) => seq! <= upTo);
    if (found.length < PAGE) return;
    after = found.at(-1)!.seq!;
    if (after >= upTo) return;
  }
}

const columns: [name: string, of: (entry: AuditEntryView) => string | number | null][] = [
  ["timestamp", ({ timestamp }) => timestamp],
  ["action", ({ action }) => action],
  ["actor_kind", ({ actor }) => actor.kind],
  ["actor_email", ({ actor }) => actor.email],
  ["actor_name", ({ actor }) => actor.name],
  ["subject_type", ({ subject }) => subject?.type ?? null],
  ["subject_email", ({ subject }) => subject?.email ?? null],
  ["subject_name", ({ subject }) => subject?.name ?? null],
  ["resource_type", ({ resource }) => resource?.type ?? null],
  ["resource_name", ({ resource }) => resource?.name ?? null],
  ["collection", ({ collection }) => collection?.name ?? null],
  ["details", ({ metadata }) => (isEmpty(metadata) ? null : JSON.stringify(metadata))],
  ["ip", ({ ip }) => ip],
  ["actor_id", ({ actor }) => actor.id],
  ["subject_id", ({ subject }) => subject?.id ?? null],
  ["resource_id", ({ resource }) => resource?.id ?? null],
  ["request_id", ({ requestId }) => requestId],
  ["number", ({ seq }) => seq],
  ["id", ({ id }) => id],
];
const isEmpty = (value: unknown) =>
  value === null || (typeof value === "object" && Object.keys(value).length === 0);

async function* asCsv(actor: UserActor, filter: AuditFilter): AsyncGenerator<string> {
  // spreadsheets take the file for another encoding without the mark
  yield `\ufeff${csvLine(columns.map(([name]) => name))}`;
  for await (const page of pagesOf(actor, filter))
    yield page.map((row) => csvLine(columns.map(([, of]) => of(toView(row))))).join("");
}

/** Proofs of one chain, against its checkpoint as the export began. */
interface ProvenChain {
  size: number;
  note: string;
  prover: Prover;
}

async function* asJsonLines(actor: UserActor, filter: AuditFilter): AsyncGenerator<string> {
  const keys = configuredKeys();
  if (keys) await sealAll(keys);
  const chains = new Map<string, ProvenChain | null>();
  const isWhole = Object.entries(filter).every(
    ([name, value]) => name === "workspace" || value === undefined,
  );
  const chainId = isWhole ? await workspaceOf(actor) : null;
  const whole = chainId === null ? null : await provenChain(keys, chainId);
  yield exportLine({
    ...{ type: "header", format: "sheaf-audit-1", exportedAt: new Date().toISOString(), scope: filter },
    chainId: whole && chainId,
    verifierKeys: keys ? verifierKeysOf(keys) : [],
  });
  let count = 0;
  for await (const page of whole ? chainOf(actor, whole.size) : pagesOf(actor, filter)) {
    let lines = "";
    for (const row of page) {
      if (row.chain_id !== null && !chains.has(row.chain_id)) {
        const found = row.chain_id === chainId ? whole : await provenChain(keys, row.chain_id);
        chains.set(row.chain_id, found);
        if (found) lines += exportLine({ type: "checkpoint", note: found.note });
      }
      const chain = row.chain_id === null ? null : chains.get(row.chain_id);
      const proof = chain && row.seq! <= chain.size ? await proofOf(row, chain) : null;
      lines += exportLine({ type: "entry", ...toView(row), proof });
    }
    count += page.length;
    yield lines;
  }
  yield exportLine({ type: "end", count });
}

async function workspaceOf(actor: UserActor): Promise<string> {
  const [row] = await read(
    actor,
    z.object({ id: z.string() }),
    Prisma.sql`SELECT chain_id AS id FROM app.audit_seal()`,
  );
  return row!.id;
}

const hash = z.object({ hash: z.instanceof(Buffer) });

async function provenChain(keys: KeyRing | null, chainId: string): Promise<ProvenChain | null> {
  const checkpoint = keys && (await checkpointOf(keys, chainId));
  if (!checkpoint) return null;
  const hashes = async (query: Prisma.Sql) => (await read(system, hash, query)).map((row) => row.hash);
  const source = {
    leaves: (block: number) =>
      hashes(
        Prisma.sql`SELECT leaf AS hash FROM audit_seals WHERE chain_id = ${chainId}::uuid
          AND seq > ${block * BLOCK_LEAVES}::bigint AND seq <= ${(block + 1) * BLOCK_LEAVES}::bigint ORDER BY seq`,
      ),
    blocks: () =>
      hashes(
        Prisma.sql`SELECT root AS hash FROM audit_blocks WHERE chain_id = ${chainId}::uuid ORDER BY number`,
      ),
  };
  return { ...checkpoint, prover: new Prover(source, checkpoint.size) };
}

/** What leads from an entry to its checkpoint, with the salts of what the reader sees of it. */
async function proofOf(row: EntryRow, { size, prover }: ProvenChain): Promise<Proof> {
  const isShown: Record<Part, boolean> = {
    actor: true,
    subject: true,
    name: row.hidden !== "names",
    details: row.metadata !== null,
  };
  const salted = parts.filter((part, i) => isShown[part] && (row.erased! & (1 << i)) === 0);
  return {
    chainId: row.chain_id!,
    seq: row.seq!,
    size,
    keyId: row.key_id!,
    isApart: row.is_apart!,
    mac: hex(row.mac!),
    commitments: fromParts(parts, (part) => hex(commitmentIn(row.commitments!, part))),
    salts: fromParts(salted, (part) => hex(saltOf(row.salts!, part))),
    path: (await prover.path(row.seq! - 1)).map(hex),
  };
}

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString("hex");
const fromParts = <Name extends Part>(names: readonly Name[], of: (part: Name) => string) =>
  Object.fromEntries(names.map((part) => [part, of(part)])) as Record<Name, string>;
