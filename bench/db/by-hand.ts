/**
 * The rule of viewing, written by hand, as the rival of the policies. In two forms, because the planner is better with
 * one for few rows and with the other for many.
 */
export const forms = ["exists", "in"] as const;
export type Form = (typeof forms)[number];

const grants = (column: string, actor: string) => `
     FROM permissions p JOIN user_principals up ON up.principal_id = p.principal_id
    WHERE up.user_id = ${actor} AND p.deleted_at IS NULL AND p.${column} IS NOT NULL
      AND (p.expires_at IS NULL OR p.expires_at > statement_timestamp()) AND p.mask & 1 <> 0`;

function granted(form: Form, column: string, resource: string, actor: string): string {
  return form === "in"
    ? `${resource} IN (SELECT p.${column} ${grants(column, actor)})`
    : `EXISTS (SELECT ${grants(column, actor)} AND p.${column} = ${resource})`;
}

/** Ownership gives nothing while the owner is suspended: then they have no principals. */
const owned = (actor: string) => `(t.owner_id = ${actor}
    AND EXISTS (SELECT FROM user_principals me WHERE me.user_id = ${actor} AND me.principal_id = ${actor}))`;

const visible: Record<string, (form: Form, actor: string) => string> = {
  "documents d": (form, actor) => `(SELECT * FROM documents t WHERE ${owned(actor)}
    OR (t.access_mode IN ('collection', 'link') AND ${granted(form, "collection_id", "t.collection_id", actor)})
    OR (t.access_mode <> 'private' AND ${granted(form, "document_id", "t.id", actor)})) d`,
  "collections c": (form, actor) => `(SELECT * FROM collections t WHERE ${owned(actor)}
    OR ${granted(form, "collection_id", "t.id", actor)}) c`,
};

/**
 * The same query for the tables' owner, whom no policy filters, with the rule written around the tables. `actor` is the
 * parameter with the reader's id, as an application sends it. In the text the id would save a microsecond, and each
 * person's statement would be planned separately. Throws when the query reads none of the tables under the names that
 * the product uses.
 */
export function byHand(form: Form, text: string, actor: string): string {
  let written = text;
  for (const [name, rule] of Object.entries(visible))
    written = written.replaceAll(new RegExp(`(?<=\\b(?:FROM|JOIN)\\s+)${name}\\b`, "g"), () =>
      rule(form, actor),
    );
  if (written === text) throw new Error(`No table to put the rule in place of:\n${text}`);
  return written;
}
