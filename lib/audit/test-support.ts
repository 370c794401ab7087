import { asOwner } from "#prisma/factories.ts";
import { configuredKeys } from "./seal/sealer.ts";
import { sealAll } from "./seal/seal.ts";

export const testKeys = () => configuredKeys()!;

const unsealed = async () =>
  (
    await asOwner(
      "SELECT FROM audit_events e WHERE NOT EXISTS (SELECT FROM audit_seals s WHERE s.event_id = e.id) LIMIT 1",
    )
  ).length;

/** Seals until nothing is left: transactions in other databases of the server hold sealing up for a moment. */
export async function sealEverything(): Promise<void> {
  do await sealAll(testKeys());
  while ((await unsealed()) > 0);
}

/** Runs statements as somebody who has taken the triggers away, as the tables' owner can. */
export async function tamper(...statements: [text: string, values?: unknown[]][]): Promise<void> {
  for (const table of ["audit_events", "audit_seals", "audit_blocks"])
    await asOwner(`ALTER TABLE ${table} DISABLE TRIGGER USER`);
  for (const [text, values] of statements) await asOwner(text, values);
  for (const table of ["audit_events", "audit_seals", "audit_blocks"])
    await asOwner(`ALTER TABLE ${table} ENABLE TRIGGER USER`);
}
