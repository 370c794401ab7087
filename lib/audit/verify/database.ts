import { z } from "zod";
import { type pg } from "#lib/db/index.ts";
import { chainIdOf, readCheckpoints } from "../seal/checkpoint.ts";
import { type KeyRing } from "../seal/keys.ts";
import { INSTANCE_CHAIN } from "../seal/publish.ts";
import { parts, type Part, saltOf } from "../seal/leaf.ts";
import { sealable } from "../seal/seal.ts";
import { ChainVerifier, type FoundEntry } from "./chain.ts";
import { emptyReport, type Report } from "./report.ts";

const PAGE = 2000;
const text = z.string().nullable();
const count = z.coerce.number();

const sealedRow = z.object({
  seq: count,
  event_id: z.string(),
  key_id: z.number(),
  salts: z.instanceof(Buffer),
  commitments: z.instanceof(Buffer),
  erased: z.number(),
  mac: z.instanceof(Buffer),
  event: z
    .object({
      id: z.string(),
      ...{ action: z.string(), actor_kind: z.string(), actor_id: text, actor_email: text },
      ...{ subject_type: text, subject_id: text, subject_email: text },
      ...{ resource_type: text, resource_id: text, resource_name: text, collection_id: text },
      is_apart: z.boolean(),
      ...{ metadata: z.json(), ip: text, request_id: text },
      workspace_id: text,
      created_at: z.string().transform((moment) => new Date(moment)),
    })
    .nullable(),
});

export interface DatabaseGiven {
  /** All that were ever used; without them only what can be told without codes is. */
  keys: KeyRing | null;
  /** Texts with checkpoints from elsewhere: mails, copies in the object store. */
  checkpoints: string[];
  verifierKeys: string[];
}

/**
 * Verifies the log in the database, as its owner, in one snapshot: every chain from its first entry on, against the codes,
 * the checkpoints in the database and those given. Entries that the sealer has passed without sealing them are `added`.
 */
export async function verifyDatabase(client: pg.Client, given: DatabaseGiven): Promise<Report> {
  await client.query("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY");
  try {
    return await verify(client, given);
  } finally {
    await client.query("ROLLBACK");
  }
}

async function verify(
  client: pg.Client,
  { keys, checkpoints: texts, verifierKeys }: DatabaseGiven,
): Promise<Report> {
  const report = emptyReport();
  const own = await client.query<{ note: string }>(
    "SELECT note FROM audit_checkpoints ORDER BY chain_id, size",
  );
  const read = [...own.rows.map(({ note }) => note), ...texts].flatMap((one) =>
    readCheckpoints(one, verifierKeys),
  );
  for (const checkpoint of read.filter(({ isSigned }) => !isSigned))
    report.faults.push({
      ...{ kind: "unsigned", chainId: chainIdOf(checkpoint), seq: null, eventId: null },
      detail: `The checkpoint over ${checkpoint.size} entries is signed by none of the keys`,
    });
  const signed = [...new Map(read.filter(({ isSigned }) => isSigned).map((one) => [one.note, one])).values()];
  const sizes = await client.query<{ id: string; size: string }>("SELECT id, size FROM audit_chains");
  const known = await client.query<{ id: string }>("SELECT DISTINCT chain_id AS id FROM audit_seals");
  const sizeOf = new Map(sizes.rows.map(({ id, size }) => [id, Number(size)]));
  const chains = new Set([...sizeOf.keys(), ...known.rows.map(({ id }) => id), ...signed.map(chainIdOf)]);
  for (const chainId of [...chains].toSorted()) {
    const chain = new ChainVerifier(chainId, {
      keys,
      checkpoints: signed.filter((checkpoint) => chainIdOf(checkpoint) === chainId),
    });
    for await (const entry of entriesOf(client, chainId)) {
      report.entries += 1;
      chain.add(entry);
    }
    const fault = chain.end(sizeOf.get(chainId));
    if (fault) report.faults.unshift(fault);
    report.proven += chain.provenCount;
    report.checkpoints += chain.agreedCheckpoints;
  }
  report.chains = chains.size;
  await findAdded(client, report);
  if (!keys) report.notes.push("Without the keys codes are not checked: give AUDIT_KEYS.");
  return report;
}

async function* entriesOf(client: pg.Client, chainId: string): AsyncGenerator<FoundEntry> {
  for (let after = 0; ;) {
    const { rows } = await client.query(
      `SELECT s.seq, s.event_id, s.key_id, s.salts, s.commitments, s.erased, s.mac, to_jsonb(e) AS event
         FROM audit_seals s LEFT JOIN audit_events e ON e.id = s.event_id
        WHERE s.chain_id = $1 AND s.seq > $2 ORDER BY s.seq LIMIT $3`,
      [chainId, after, PAGE],
    );
    for (const row of z.array(sealedRow).parse(rows)) {
      after = row.seq;
      yield {
        seq: row.seq,
        eventId: row.event_id,
        // one that was moved to another workspace is gone from this one
        event:
          row.event && (row.event.workspace_id ?? INSTANCE_CHAIN) === chainId ? sealable(row.event) : null,
        commitments: row.commitments,
        salts: Object.fromEntries(
          parts.map((part, i) => [part, row.erased & (1 << i) ? null : saltOf(row.salts, part)]),
        ) as Record<Part, Uint8Array | null>,
        keyId: row.key_id,
        mac: row.mac,
        proof: null,
      };
    }
    if (rows.length < PAGE) return;
  }
}

/** Entries that nobody sealed although the sealer has passed them: written around it. */
async function findAdded(client: pg.Client, report: Report): Promise<void> {
  const { rows } = await client.query<{ id: string; chain: string }>(
    `SELECT e.id, coalesce(e.workspace_id, '00000000-0000-0000-0000-000000000000') AS chain FROM audit_events e, audit_cursor c
      WHERE (e.xid, e.id) <= (c.xid, c.event_id) AND NOT EXISTS (SELECT FROM audit_seals s WHERE s.event_id = e.id) ORDER BY e.id LIMIT 1`,
  );
  for (const { id, chain } of rows)
    report.faults.push({
      ...{ kind: "added", chainId: chain, seq: null, eventId: id },
      detail: "It was written around the seal: nothing proves it",
    });
  const waiting = await client.query<{ count: string }>(
    "SELECT count(*) FROM audit_events e WHERE NOT EXISTS (SELECT FROM audit_seals s WHERE s.event_id = e.id)",
  );
  const unsealed = Number(waiting.rows[0]!.count) - rows.length;
  if (unsealed > 0) report.notes.push(`${unsealed} entries wait to be sealed.`);
}
