import { z } from "zod";
import { system } from "#lib/authz/actor.ts";
import { Prisma, rows, transaction } from "#lib/db/index.ts";
import { GrowingChain } from "./chain.ts";
import { type KeyRing } from "./keys.ts";
import { type SealableEvent } from "./leaf.ts";
import { BLOCK_LEAVES } from "./merkle.ts";

/** Events sealed in one transaction: some tens of milliseconds. */
const BATCH = 1000;

const eventRow = z
  .object({
    id: z.string(),
    chain_id: z.string(),
    xid: z.string(),
    action: z.string(),
    actor_kind: z.string(),
    actor_id: z.string().nullable(),
    actor_email: z.string().nullable(),
    subject_type: z.string().nullable(),
    subject_id: z.string().nullable(),
    subject_email: z.string().nullable(),
    resource_type: z.string().nullable(),
    resource_id: z.string().nullable(),
    resource_name: z.string().nullable(),
    collection_id: z.string().nullable(),
    is_apart: z.boolean(),
    metadata: z.json(),
    ip: z.string().nullable(),
    request_id: z.string().nullable(),
    created_at: z.date(),
  })
  .transform(({ chain_id: chainId, xid, ...row }) => ({ chainId, xid, event: sealable(row) }));

const chainRow = z.object({
  id: z.string(),
  size: z.bigint().transform(Number),
  mac: z.instanceof(Uint8Array),
  frontier: z.instanceof(Uint8Array),
});

/** A row of `audit_events`, by the names of its columns, as it is sealed. */
export const sealable = (row: {
  id: string;
  action: string;
  actor_kind: string;
  actor_id: string | null;
  actor_email: string | null;
  subject_type: string | null;
  subject_id: string | null;
  subject_email: string | null;
  resource_type: string | null;
  resource_id: string | null;
  resource_name: string | null;
  collection_id: string | null;
  is_apart: boolean;
  metadata: unknown;
  ip: string | null;
  request_id: string | null;
  created_at: Date;
}): SealableEvent => ({
  id: row.id,
  action: row.action,
  actorKind: row.actor_kind,
  actorId: row.actor_id,
  actorEmail: row.actor_email,
  subjectType: row.subject_type,
  subjectId: row.subject_id,
  subjectEmail: row.subject_email,
  resourceType: row.resource_type,
  resourceId: row.resource_id,
  resourceName: row.resource_name,
  collectionId: row.collection_id,
  isApart: row.is_apart,
  metadata: row.metadata,
  ip: row.ip,
  requestId: row.request_id,
  timestamp: row.created_at.toISOString(),
});

const base64 = (bytes: Uint8Array) => Buffer.from(bytes).toString("base64");

/**
 * Seals the next events, at most 1,000: each gets its number in the chain of its workspace and a code over all before it,
 * made with a key that the database never sees. One at a time seals: whoever comes meanwhile seals nothing, or waits
 * (`waits`). It happens in one transaction, so a sealer that dies leaves nothing half done. Returns how many were sealed.
 */
export function sealBatch(keys: KeyRing, { waits = false, atMost = BATCH } = {}): Promise<number> {
  const key = keys.newest;
  return transaction(system, async (tx) => {
    const events = await rows(
      tx,
      eventRow,
      Prisma.sql`SELECT * FROM app.events_to_seal(${atMost}::int, ${waits})`,
    );
    const last = events.at(-1);
    if (!last) return 0;
    const known = await rows(
      tx,
      chainRow,
      Prisma.sql`SELECT id, size, mac, frontier FROM audit_chains WHERE id = ANY (${[...new Set(events.map(({ chainId }) => chainId))]}::uuid[])`,
    );
    const chains = new Map(known.map((chain) => [chain.id, new GrowingChain(chain.id, chain)]));
    const seals: object[] = [];
    const blocks: object[] = [];
    for (const { chainId, event } of events) {
      const chain = chains.get(chainId) ?? new GrowingChain(chainId);
      chains.set(chainId, chain);
      const { seq, salts, commitments, leaf, mac, block } = chain.seal(event, key);
      if (block) blocks.push({ chain_id: chainId, number: seq / BLOCK_LEAVES - 1, root: base64(block) });
      seals.push({
        ...{ chain_id: chainId, seq, event_id: event.id, key_id: key.id },
        ...{ salts: base64(salts), commitments: base64(commitments), leaf: base64(leaf), mac: base64(mac) },
      });
    }
    const grown = [...chains].map(([id, { was, mac, tree }]) => ({
      ...{ id, was, size: tree.size, mac: base64(mac), frontier: base64(tree.toBytes()) },
    }));
    await tx.$executeRaw`SELECT app.keep_seals(${JSON.stringify(seals)}::jsonb, ${JSON.stringify(grown)}::jsonb,
      ${JSON.stringify(blocks)}::jsonb, ${last.xid}, ${last.event.id}::uuid)`;
    return events.length;
  });
}

/** Seals all that can be sealed now, waiting for whoever is at it. Returns how many. */
export async function sealAll(keys: KeyRing): Promise<number> {
  for (let sealed = 0; ;) {
    const count = await sealBatch(keys, { waits: true });
    sealed += count;
    if (count < BATCH) return sealed;
  }
}
