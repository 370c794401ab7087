import { z } from "zod";
import { type Actor, everyonePrincipalId, type UserActor } from "#lib/authz/actor.ts";
import { allows } from "#lib/authz/permissions.ts";
import { type GrantFact, type GroupEdge, type PersonFact, type ResourceFact } from "#lib/authz/resolve.ts";
import { Prisma, refuseAction, rows, type Tx } from "#lib/db/index.ts";
import { AppError } from "#lib/errors/index.ts";
import { type ResourceRef, sqlRef, unseen } from "./resource.ts";
import { setAccessModeSchema } from "./schema.ts";
import { normalizeEmail } from "./values.ts";

const resourceRow = z.object({
  document_id: z.string().nullable(),
  collection_owner_id: z.string(),
  document_owner_id: z.string().nullable(),
  access_mode: setAccessModeSchema.shape.mode.nullable(),
  rights: z.number(),
  is_trashed: z.boolean(),
});
const grantRow = z.object({
  id: z.string(),
  resource: z.enum(["collection", "document"]),
  subject: z.enum(["user", "group", "workspace", "everyone"]),
  principal: z.string(),
  subject_name: z.string().nullable(),
  role_id: z.string(),
  role: z.string(),
  mask: z.number(),
  granter_id: z.string().nullable(),
  granter_name: z.string().nullable(),
  granted_at: z.string(),
  expires_at: z.string().nullable(),
  is_expired: z.boolean(),
});
type GrantRow = z.output<typeof grantRow>;
const personRow = z.object({
  user_id: z.string().nullable(),
  email: z.string(),
  sort_key: z.string(),
  name: z.string().nullable(),
  is_external: z.boolean(),
  is_suspended: z.boolean(),
  is_pending: z.boolean(),
  principals: z.array(z.string()),
});
const groupRow = z.object({
  child_id: z.string().nullable(),
  parent_id: z.string(),
  parent_name: z.string(),
});
const factsRow = z.object({
  found: resourceRow.nullable(),
  grants: z.array(grantRow),
  people: z.array(personRow),
  groups: z.array(groupRow),
});

/** A grant as it counts, with what is told about it. */
export interface KnownGrant extends GrantFact {
  subject: GrantRow["subject"];
  subjectName: string | null;
  role: { id: string; name: string };
  grantedBy: { id: string; name: string } | null;
  grantedAt: string;
  expiresAt: string | null;
}
/** A person as they count, with what is told about them. */
export interface KnownPerson extends PersonFact {
  email: string;
  sortKey: string;
  name: string | null;
  isGuest: boolean;
  isPending: boolean;
}
export interface Facts {
  resource: ResourceFact;
  /** The actor's own mask. */
  rights: number;
  collectionOwnerId: string;
  isTrashed: boolean;
  grants: KnownGrant[];
  people: KnownPerson[];
  /** Of the one person asked for; empty otherwise. */
  groups: (GroupEdge & { name: string })[];
}

interface Wanted {
  /** One person, whatever they may; else everybody whom a grant reaches. */
  personId?: string;
  /** Only whom this grant or invitation reaches. */
  grantId?: string;
  after?: string | null;
  limit?: number;
}

/** Whoever asks about others must manage the resource's permissions. */
export async function demandManager(tx: Tx, ref: ResourceRef, { rights }: Facts): Promise<void> {
  if (!allows(rights, "manage_permissions")) await refuseAction(tx, ref, "manage_permissions");
}

/** Everything that decides who may do what on a resource, in one statement: one moment's truth. */
export async function readFacts(
  tx: Tx,
  actor: Actor,
  ref: ResourceRef,
  { personId, grantId, after = null, limit = 1 }: Wanted,
): Promise<Facts> {
  const resource = sqlRef(ref);
  const person = personId ?? null;
  const [row] = await rows(
    tx,
    factsRow,
    Prisma.sql`
    SELECT (SELECT to_jsonb(x) FROM app.find_resource(${resource}) x) AS found,
           (SELECT coalesce(jsonb_agg(x ORDER BY x.granted_at, x.id), '[]') FROM app.access_grants(${resource}, ${person}::uuid) x) AS grants,
           (SELECT coalesce(jsonb_agg(x ORDER BY x.sort_key), '[]')
              FROM app.access_people(${resource}, ${person}::uuid, ${grantId ?? null}::uuid, ${after}, ${limit}::int) x) AS people,
           (SELECT coalesce(jsonb_agg(x), '[]') FROM app.access_groups(${resource}, ${person}::uuid) x) AS groups`,
  );
  if (!row?.found) throw unseen(actor, ref);
  const { found } = row;
  return {
    resource:
      found.document_id === null
        ? { type: "collection" }
        : { type: "document", ownerId: found.document_owner_id!, accessMode: found.access_mode! },
    rights: found.rights,
    collectionOwnerId: found.collection_owner_id,
    isTrashed: found.is_trashed,
    grants: row.grants.map(toGrant),
    people: row.people.map(toPerson),
    groups: row.groups.map((group) => ({
      childId: group.child_id,
      parentId: group.parent_id,
      name: group.parent_name,
    })),
  };
}

/** The facts about one person. Others are for those who manage permissions; strangers are not told from nobody. */
export async function readFactsOf(
  tx: Tx,
  actor: UserActor,
  ref: ResourceRef,
  personId: string,
): Promise<Facts & { person: KnownPerson }> {
  const facts = await readFacts(tx, actor, ref, { personId });
  if (personId !== actor.id) await demandManager(tx, ref, facts);
  const [person] = facts.people;
  if (!person) throw new AppError("not_found", "No such person for this actor", { reason: "person" });
  return { ...facts, person };
}

/**
 * The facts about whoever has an address: a person of the actor's workspace or one known here; else the bare address,
 * which owns nothing and is in no group.
 */
export async function readFactsOfAddress(
  tx: Tx,
  actor: UserActor,
  ref: ResourceRef,
  email: string,
): Promise<Facts & { person: KnownPerson }> {
  const address = normalizeEmail(email);
  const all = await readFacts(tx, actor, ref, {});
  await demandManager(tx, ref, all);
  const [known] = await rows(
    tx,
    z.object({ id: z.string().nullable() }),
    Prisma.sql`SELECT app.known_by_address(${sqlRef(ref)}, ${address}) AS id`,
  );
  if (known?.id) return readFactsOf(tx, actor, ref, known.id);
  const person: KnownPerson = {
    id: null,
    principals: [`address:${address}`, everyonePrincipalId],
    isSuspended: false,
    email: email.trim(),
    sortKey: address,
    name: null,
    isGuest: false,
    isPending: true,
  };
  return { ...all, person };
}

const iso = (time: string) => new Date(time).toISOString();

const toGrant = (row: GrantRow): KnownGrant => ({
  id: row.id,
  resource: row.resource,
  principal: row.principal,
  mask: row.mask,
  isExpired: row.is_expired,
  subject: row.subject,
  subjectName: row.subject_name,
  role: { id: row.role_id, name: row.role },
  grantedBy: row.granter_id ? { id: row.granter_id, name: row.granter_name ?? "" } : null,
  grantedAt: iso(row.granted_at),
  expiresAt: row.expires_at && iso(row.expires_at),
});

const toPerson = (row: z.output<typeof personRow>): KnownPerson => ({
  id: row.user_id,
  principals: row.principals,
  isSuspended: row.is_suspended,
  email: row.email,
  sortKey: row.sort_key,
  name: row.name,
  isGuest: row.is_external,
  isPending: row.is_pending,
});
