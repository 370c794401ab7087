import { expect, it } from "vitest";
import { withClient } from "#lib/db/migrate/history.ts";

/** How the tables' owner has a statement carried out, with every way but an index made dear. */
async function planOf(text: string): Promise<string> {
  return withClient(process.env.DATABASE_OWNER_URL!, async (client) => {
    await client.query("SET enable_seqscan = off; SET enable_bitmapscan = off");
    const { rows } = await client.query<{ "QUERY PLAN": string }>(`EXPLAIN (VERBOSE, COSTS OFF) ${text}`);
    return rows.map((row) => row["QUERY PLAN"]).join("\n");
  });
}

const id = "'00000000-0000-7000-8000-000000000000'";

it.each([
  [
    "live grants of a principal",
    `SELECT p.mask FROM permissions p WHERE p.principal_id = ${id} AND p.collection_id IS NOT NULL
      AND app.is_grant_live(p.deleted_at, p.expires_at) AND app.allows(p.mask, app.view_documents())`,
    "permissions_principal_collection",
  ],
  [
    "the newest live documents",
    `SELECT d.id FROM documents d WHERE app.is_document_live(d.deleted_at, d.status) ORDER BY d.id DESC LIMIT 5`,
    "documents_newest",
  ],
  [
    "invitations to an address",
    `SELECT i.id FROM invitations i WHERE i.email_normalized = 'a@b.org'
      AND app.is_invitation_live(i.deleted_at, i.accepted_at, i.expires_at)`,
    "invitations_address",
  ],
])(
  "reads %s from their partial index, with the rule's expression in place of the call",
  async (_, text, index) => {
    const plan = await planOf(text);
    expect(plan).toContain(index);
    expect(plan).not.toContain("app.");
  },
);

it("puts the rule of access modes where it is called", async () => {
  const plan = await planOf(`
    SELECT app.combined_mask(d.access_mode, d.owner_id = ${id}, 1, coalesce((SELECT bit_or(p.mask) FROM permissions p
      WHERE p.document_id = d.id), 0)) FROM documents d WHERE app.counts_document_grants(d.access_mode, d.owner_id = ${id})`);
  expect(plan).toContain("access_mode");
  expect(plan).not.toContain("app.");
});
