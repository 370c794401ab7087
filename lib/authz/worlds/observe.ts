import type pg from "pg";
import { everyonePrincipalId, system } from "../actor.ts";
import { beginAs } from "#lib/db/context.ts";
import { type Who } from "./model.ts";
import { type StoredWorld } from "./store.ts";

/** One answer of the database: what `source` says that somebody may do to a resource. `who` null is the system. */
export interface Answer {
  world: number;
  who: Who | null;
  source: Source;
  resource: string;
  value: number;
}

/**
 * How the database is asked. `rights`: the mask of `app.rights`. `read`: rows that the policies let through. `change`:
 * rows that an UPDATE reaches. `create`: collections that an INSERT of a document is let into. `remove`: what
 * `set_document_trashed` and `set_collection_trashed` do. `page`: the mask of `app.read_document`; `around`: whether it
 * tells the collection's name. `report`: the mask in `effective_permissions`. `list`: rows of a SELECT without any
 * condition. What is no mask is 1 where they may, and where they may not there is no answer.
 */
export const sources = [
  "rights",
  "read",
  "change",
  "create",
  "remove",
  "page",
  "around",
  "report",
  "list",
] as const;
export type Source = (typeof sources)[number];

/**
 * Asks as one actor after the other, under the policies of whoever calls it. What somebody creates or removes is undone
 * before the next one is asked. Planned once: planning the policies anew for each actor takes most of the time.
 */
const ASK = `
CREATE FUNCTION public.ask_worlds(actors jsonb) RETURNS TABLE (actor integer, source text, resource uuid, value integer)
LANGUAGE plpgsql SET plan_cache_mode = force_generic_plan AS $$
#variable_conflict use_column
DECLARE who record; one uuid;
BEGIN
  FOR who IN SELECT * FROM jsonb_to_recordset(actors) AS x (number integer, kind text, id text, lists boolean, collections uuid[], documents uuid[]) LOOP
    PERFORM set_config('app.actor_kind', who.kind, true), set_config('app.actor_id', who.id, true),
            set_config('app.person_id', CASE who.kind WHEN 'visitor' THEN '' ELSE who.id END, true);
    RETURN QUERY
      SELECT who.number, 'rights', c, app.rights(c, NULL) FROM unnest(who.collections) c
      UNION ALL SELECT who.number, 'rights', d, app.rights(NULL, d) FROM unnest(who.documents) d
      UNION ALL SELECT who.number, 'read', id, 1 FROM collections WHERE id = ANY (who.collections)
      UNION ALL SELECT who.number, 'read', id, 1 FROM documents WHERE id = ANY (who.documents)
      UNION ALL SELECT who.number, told.source, r.id, told.value FROM unnest(who.documents) d, app.read_document(d) r,
        LATERAL (VALUES ('page', r.mask), ('around', (r.collection_name IS NOT NULL)::int)) told (source, value);
    IF who.lists THEN
      RETURN QUERY SELECT who.number, 'list', id, 1 FROM collections UNION ALL SELECT who.number, 'list', id, 1 FROM documents;
    END IF;
    CONTINUE WHEN who.kind = 'system';
    RETURN QUERY UPDATE collections SET updated_at = updated_at WHERE id = ANY (who.collections) RETURNING who.number, 'change', id, 1;
    RETURN QUERY UPDATE documents SET updated_at = updated_at WHERE id = ANY (who.documents) RETURNING who.number, 'change', id, 1;
    FOREACH one IN ARRAY who.collections LOOP
      BEGIN
        INSERT INTO documents (collection_id, owner_id, name, content_type, size_bytes, sha256)
          VALUES (one, nullif(who.id, '')::uuid, 'New', 'text/plain', 1, decode(repeat('00', 32), 'hex'));
        -- constraints come after policies: what fails there was let in
        RAISE EXCEPTION 'Let in' USING ERRCODE = 'ASK01';
      EXCEPTION WHEN insufficient_privilege THEN NULL; WHEN SQLSTATE 'ASK01' OR integrity_constraint_violation THEN
        RETURN QUERY SELECT who.number, 'create', one, 1;
      END;
      BEGIN
        PERFORM app.set_collection_trashed(one, true);
        RAISE EXCEPTION 'Done' USING ERRCODE = 'ASK01';
      EXCEPTION WHEN SQLSTATE 'SH003' THEN NULL; WHEN SQLSTATE 'ASK01' THEN
        RETURN QUERY SELECT who.number, 'remove', one, 1;
      END;
    END LOOP;
    FOREACH one IN ARRAY who.documents LOOP
      BEGIN
        PERFORM app.set_document_trashed(one, true);
        RAISE EXCEPTION 'Done' USING ERRCODE = 'ASK01';
      EXCEPTION WHEN SQLSTATE 'SH002' OR SQLSTATE 'SH003' THEN NULL; WHEN SQLSTATE 'ASK01' THEN
        RETURN QUERY SELECT who.number, 'remove', one, 1;
      END;
    END LOOP;
  END LOOP;
END $$`;

/** Makes the function by which worlds are observed; once per database, as the tables' owner. */
export async function prepareObservation(owner: pg.ClientBase): Promise<void> {
  await owner.query(ASK);
}

/** Everybody who can ask in a world; null is the system. */
export const askersOf = ({ world }: StoredWorld): (Who | null)[] => [
  ...world.people.map((_, person) => ({ person })),
  ...world.links.map((_, link) => ({ link })),
  "everyone",
  "nobody",
  null,
];

/** Whether somebody is asked for all that they see, in all worlds: the last person of some. */
export const looksAround = ({ ids }: StoredWorld, world: number, who: Who | null): boolean =>
  world % 5 === 0 &&
  who !== null &&
  typeof who === "object" &&
  "person" in who &&
  who.person === ids.people.length - 1;

/** What the application says to the database about whoever asks. */
function actorOf({ ids }: StoredWorld, who: Who | null): { kind: string; id: string } {
  if (who === null) return { kind: "system", id: "" };
  if (who === "nobody") return { kind: "", id: "" };
  if (who === "everyone") return { kind: "everyone", id: everyonePrincipalId };
  return "person" in who
    ? { kind: "user", id: ids.people[who.person]! }
    : { kind: "visitor", id: ids.links[who.link]! };
}

/** What the database answers everybody about everything in their world, asked as the application asks: as `sheaf_app`. */
export async function observe(app: pg.ClientBase, worlds: StoredWorld[]): Promise<Answer[]> {
  const askers = worlds.flatMap((stored, world) => askersOf(stored).map((who) => ({ stored, world, who })));
  const actors = askers.map(({ stored, world, who }, number) => ({
    number,
    ...actorOf(stored, who),
    lists: looksAround(stored, world, who),
    collections: stored.ids.collections,
    documents: stored.ids.documents,
  }));
  await app.query("BEGIN");
  const asked = await app
    .query<{ actor: number; source: Source; resource: string; value: number }>(
      "SELECT * FROM public.ask_worlds($1)",
      [JSON.stringify(actors)],
    )
    .finally(() => app.query("ROLLBACK"));
  const answers = asked.rows.map(({ actor, ...answer }): Answer => {
    const { world, who } = askers[actor]!;
    return { world, who, ...answer };
  });
  return [...answers, ...(await observeReport(app, worlds))];
}

/** What the view `effective_permissions` tells the system, about all people at once. */
async function observeReport(app: pg.ClientBase, worlds: StoredWorld[]): Promise<Answer[]> {
  const resources = new Map<string, number>();
  const people = new Map<string, Who>([[everyonePrincipalId, "everyone"]]);
  worlds.forEach(({ ids }, world) => {
    for (const id of [...ids.collections, ...ids.documents]) resources.set(id, world);
    ids.people.forEach((id, person) => people.set(id, { person }));
    ids.links.forEach((id, link) => people.set(id, { link }));
  });
  await app.query(beginAs(system));
  const { rows } = await app.query<{ user_id: string; resource_id: string; mask: number }>(
    "SELECT user_id, resource_id, mask FROM effective_permissions WHERE resource_id = ANY ($1)",
    [[...resources.keys()]],
  );
  await app.query("COMMIT");
  // others' public collections reach everybody: of each person only what is in their own world
  const home = new Map(worlds.flatMap(({ ids }, world) => ids.people.map((id) => [id, world] as const)));
  return rows
    .filter(
      ({ user_id, resource_id }) =>
        (home.get(user_id) ?? resources.get(resource_id)) === resources.get(resource_id),
    )
    .map(({ user_id, resource_id, mask }) => ({
      world: resources.get(resource_id)!,
      who: people.get(user_id)!,
      source: "report",
      resource: resource_id,
      value: mask,
    }));
}
