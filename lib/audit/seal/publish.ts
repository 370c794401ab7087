import { randomBytes } from "node:crypto";
import { z } from "zod";
import { system } from "#lib/authz/actor.ts";
import { only, Prisma, read, write } from "#lib/db/index.ts";
import { env } from "#lib/env/index.ts";
import { type Locale } from "#lib/i18n/index.ts";
import { sendMail } from "#lib/mail/index.ts";
import { log } from "#lib/log/index.ts";
import { storage } from "#lib/storage/index.ts";
import { checkpointLetter } from "../letters.ts";
import { signCheckpoint, verifierKey } from "./checkpoint.ts";
import { type KeyRing } from "./keys.ts";
import { Frontier } from "./merkle.ts";

/** The chain of what belongs to no workspace. */
export const INSTANCE_CHAIN = "00000000-0000-0000-0000-000000000000";
/** Where copies of checkpoints lie in the object store. Nothing else is written there, and nothing there is removed. */
export const CHECKPOINT_PREFIX = "audit/checkpoints/";

/** Under which name this installation signs. */
const signerName = (): string => `${new URL(env.APP_URL).host}/audit`;
export const verifierKeysOf = (keys: KeyRing): string[] =>
  keys.keys.map(({ publicKey }) => verifierKey(signerName(), publicKey));

const empty = z.object({});
const big = z.bigint().transform(Number);

export interface KeptCheckpoint {
  size: number;
  note: string;
}

/**
 * The newest checkpoint of a chain, signed now if it grew since the last one; null for an empty chain. After a change of
 * keys the one before signs, too, so that whoever trusts that learns of the new one.
 */
export async function checkpointOf(keys: KeyRing, chainId: string): Promise<KeptCheckpoint | null> {
  const [chain] = await read(
    system,
    z.object({ size: big, checkpointSize: big, frontier: z.instanceof(Uint8Array) }),
    Prisma.sql`SELECT size, checkpoint_size AS "checkpointSize", frontier FROM audit_chains WHERE id = ${chainId}::uuid`,
  );
  if (!chain) return null;
  if (chain.size > chain.checkpointSize) {
    const note = signCheckpoint(
      {
        origin: `${signerName()}/${chainId}`,
        size: chain.size,
        root: new Frontier(chain.size, chain.frontier).root(),
        time: new Date().toISOString(),
      },
      signerName(),
      keys.keys.slice(0, 2),
    );
    await write(
      system,
      empty,
      Prisma.sql`SELECT app.keep_checkpoint(${chainId}::uuid, ${chain.size}::bigint, ${note})`,
    );
  }
  const found = await read(
    system,
    z.object({ size: big, note: z.string() }),
    Prisma.sql`SELECT size, note FROM audit_checkpoints WHERE chain_id = ${chainId}::uuid ORDER BY size DESC LIMIT 1`,
  );
  return only(found);
}

/**
 * Signs a checkpoint of every chain that grew, and lays copies of all that have none into the object store, together in
 * one object. Safe to run again, and beside itself. Returns how many were stored.
 */
export async function publishCheckpoints(keys: KeyRing): Promise<number> {
  const grown = await read(
    system,
    z.object({ id: z.string() }),
    Prisma.sql`SELECT id FROM audit_chains WHERE size > checkpoint_size ORDER BY id`,
  );
  for (const { id } of grown) await checkpointOf(keys, id);
  const unstored = await read(
    system,
    z.object({ id: z.string(), size: z.bigint(), note: z.string() }),
    Prisma.sql`SELECT chain_id AS id, size, note FROM audit_checkpoints WHERE stored_at IS NULL ORDER BY created_at, chain_id, size LIMIT 10000`,
  );
  if (unstored.length === 0) return 0;
  const moment = new Date().toISOString().replace(/[-:.]/g, "").toLowerCase();
  const body = Buffer.from(unstored.map(({ note }) => note).join("\n"));
  await storage.put(`${CHECKPOINT_PREFIX}${moment}-${randomBytes(4).toString("hex")}.txt`, body, {
    contentType: "text/plain; charset=utf-8",
    sizeBytes: body.byteLength,
  });
  await write(
    system,
    empty,
    Prisma.sql`SELECT app.note_checkpoints_stored(${unstored.map(({ id }) => id)}::uuid[], ${unstored.map(({ size }) => String(size))}::bigint[])`,
  );
  return unstored.length;
}

/** The checkpoints that lie in the object store, each as its text. */
export async function storedCheckpoints(): Promise<string[]> {
  const texts: string[] = [];
  let cursor: string | undefined;
  do {
    const page = await storage.list({ prefix: CHECKPOINT_PREFIX, cursor });
    for (const { key } of page.items) texts.push((await storage.read(key)).toString());
    cursor = page.nextCursor ?? undefined;
  } while (cursor);
  return texts;
}

const mailRow = z.object({
  chain_id: z.string(),
  workspace_name: z.string().nullable(),
  size: big,
  note: z.string(),
  email: z.string(),
  language: z.string().transform((language) => language as Locale),
});
/** Chains whose mails are sent in one run at most. */
const MOST_CHAINS = 500;

/**
 * Mails the day's checkpoints to those who administer what they are of: at most one a day and chain, none where nothing
 * happened. A copy in a mailbox is out of reach of whoever runs the server. A mail that cannot be sent is left to the next
 * day's. Returns how many were sent.
 */
export async function mailCheckpoints(keys: KeyRing): Promise<number> {
  const verifiers = verifierKeysOf(keys);
  const due = await write(
    system,
    mailRow,
    Prisma.sql`SELECT * FROM app.take_checkpoint_mails(${MOST_CHAINS}::int)`,
  );
  let sent = 0;
  for (const { email, language, workspace_name: workspace, note } of due) {
    try {
      await sendMail(checkpointLetter({ to: email, language, workspace, note, verifier: verifiers[0]! }));
      sent += 1;
    } catch (error) {
      log().warn({ err: error }, "checkpoint not mailed");
    }
  }
  return sent;
}
