import { z } from "zod";
import { system } from "#lib/authz/actor.ts";
import type { Proof } from "#lib/authz/proof.ts";
import { only, Prisma, read } from "#lib/db/index.ts";

const seq = z.bigint().transform(Number);

const eventRow = z.object({
  seq,
  name: z.string(),
  data: z.record(z.string(), z.string()),
  audience: z.array(z.string()),
});
export type ToldEvent = z.output<typeof eventRow>;

/** What pages are to hear of after one event, up to another one where that is given, in order. */
export const readEvents = (
  after: number,
  atMost: number,
  upTo = Number.MAX_SAFE_INTEGER,
): Promise<ToldEvent[]> =>
  read(
    system,
    eventRow,
    Prisma.sql`
      SELECT seq, name, data, audience FROM outbox
       WHERE audience IS NOT NULL AND seq > ${BigInt(after)}::bigint AND seq <= ${BigInt(upTo)}::bigint
       ORDER BY seq LIMIT ${atMost}::int`,
  );

/** The last event with a number, and the last one that is forgotten. */
export const readPosition = async (): Promise<{ lastSeq: number; forgottenSeq: number }> =>
  only(
    await read(
      system,
      z.object({ lastSeq: seq, forgottenSeq: seq }),
      Prisma.sql`SELECT last_seq AS "lastSeq", forgotten_seq AS "forgottenSeq" FROM app.live_position()`,
    ),
  );

/** Which of these people act as which of these principals: places in `people`, counted from 1. */
export async function readHearers(
  principals: readonly string[],
  people: readonly string[],
): Promise<Map<string, number[]>> {
  const rows = await read(
    system,
    z.object({ principalId: z.string(), places: z.array(z.number()) }),
    Prisma.sql`SELECT principal_id AS "principalId", places FROM app.hearers(${principals}::uuid[], ${people}::uuid[])`,
  );
  return new Map(rows.map(({ principalId, places }) => [principalId, places]));
}

/** Of these proofs, those that do not hold any more. */
export async function findLost(proofs: readonly Proof[]): Promise<Set<Proof>> {
  const sessions = proofs.filter(({ kind }) => kind === "session");
  const tokens = proofs.filter(({ kind }) => kind === "token");
  const hashes = tokens.map((proof) => `\\x${(proof.secret() as Buffer).toString("hex")}`);
  const rows = await read(
    system,
    z.object({ session: z.string().nullable(), token: z.string().nullable() }),
    Prisma.sql`SELECT session_id AS session, encode(token_hash, 'hex') AS token
      FROM app.held_proofs(${sessions.map((proof) => proof.secret())}::uuid[], ${hashes}::bytea[])`,
  );
  const held = new Set(rows.flatMap(({ session, token }) => [session ?? `\\x${token}`]));
  return new Set([
    ...sessions.filter((proof) => !held.has(proof.secret() as string)),
    ...tokens.filter((_, at) => !held.has(hashes[at]!)),
  ]);
}
