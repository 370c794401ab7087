import { z } from "zod";
import { type UserActor } from "#lib/authz/actor.ts";
import { only, Prisma, read, write } from "#lib/db/index.ts";
import { type AuditSealView, type ChangeAuditSealInput } from "./schema.ts";
import { verifierKeysOf } from "./seal/publish.ts";
import { configuredKeys } from "./seal/sealer.ts";

const number = z.bigint().transform(Number);

const sealRow = z.object({
  size: number,
  lag_seconds: z.number(),
  checkpoint_size: number.nullable(),
  note: z.string().nullable(),
  created_at: z.date().nullable(),
  is_mailed: z.boolean(),
});

/** How far the log of the actor's workspace is sealed, and what was last signed of it. For its admins (`forbidden`). */
export async function getAuditSeal(actor: UserActor): Promise<AuditSealView> {
  const row = only(await read(actor, sealRow, Prisma.sql`SELECT * FROM app.audit_seal()`));
  const keys = configuredKeys();
  return {
    sealedCount: row.size,
    lagSeconds: Math.max(0, Math.round(row.lag_seconds * 10) / 10),
    checkpoint:
      row.note === null
        ? null
        : { size: row.checkpoint_size!, note: row.note, createdAt: row.created_at!.toISOString() },
    verifierKeys: keys ? verifierKeysOf(keys) : [],
    isMailed: row.is_mailed,
  };
}

/** Chooses whether the workspace's admins get its checkpoints by mail. For its admins. Repeating changes nothing. */
export async function changeAuditSeal(
  actor: UserActor,
  { isMailed }: ChangeAuditSealInput,
): Promise<AuditSealView> {
  await write(actor, z.object({}), Prisma.sql`SELECT app.choose_checkpoint_mail(${isMailed})`);
  return getAuditSeal(actor);
}
