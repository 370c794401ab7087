import type pg from "pg";
import { everyonePrincipalId } from "../actor.ts";
import {
  type GrantFact,
  type GroupEdge,
  groupsReached,
  type PersonFact,
  resolveMask,
  type ResourceFact,
} from "../resolve.ts";
import { type Who } from "./model.ts";
import { askersOf } from "./observe.ts";
import { type StoredWorld } from "./store.ts";

/** What `resolve.ts` makes of the facts that are stored. */
export interface TwinAnswer {
  world: number;
  who: Who;
  resource: string;
  mask: number;
}
export interface TwinPerson {
  world: number;
  person: number;
  /** Everything they act as, as it is stored. */
  principals: string[];
  /** The groups that `groupsReached` finds by the stored memberships and nestings. */
  groups: string[];
}

interface Facts {
  people: { id: string; is_suspended: boolean; principals: string[]; edges: GroupEdge[] | null }[];
  grants: (GrantFact & { resourceId: string })[];
  documents: {
    id: string;
    collectionId: string;
    ownerId: string;
    accessMode: "private" | "collection" | "invite" | "link";
  }[];
}

/** Plain rows: who is in which group, who acts as what, and what was given, as the database keeps it. */
const FACTS = `
  SELECT
    (SELECT jsonb_agg(jsonb_build_object('id', u.id, 'is_suspended', u.suspended_at IS NOT NULL,
        'principals', ARRAY(SELECT p.principal_id FROM user_principals p WHERE p.user_id = u.id),
        'edges', (SELECT jsonb_agg(jsonb_build_object('childId', NULL, 'parentId', g.id)) FROM group_memberships m
          JOIN groups g ON g.id = m.group_id AND g.deleted_at IS NULL AND g.workspace_id = u.workspace_id WHERE m.user_id = u.id)))
       FROM users u) AS people,
    (SELECT coalesce(jsonb_agg(jsonb_build_object('childId', n.child_id, 'parentId', n.parent_id)), '[]') FROM group_nestings n
       JOIN groups g ON g.id = n.parent_id AND g.deleted_at IS NULL) AS nestings,
    (SELECT coalesce(jsonb_agg(jsonb_build_object('id', p.id, 'resourceId', coalesce(p.collection_id, p.document_id),
        'resource', CASE WHEN p.document_id IS NULL THEN 'collection' ELSE 'document' END, 'principal', p.principal_id,
        'mask', p.mask, 'isExpired', coalesce(p.expires_at <= statement_timestamp(), false))), '[]')
       FROM permissions p WHERE p.deleted_at IS NULL) AS grants,
    (SELECT jsonb_agg(jsonb_build_object('id', d.id, 'collectionId', d.collection_id, 'ownerId', d.owner_id, 'accessMode', d.access_mode))
       FROM documents d) AS documents`;

function grouped<Item>(items: Item[], key: (item: Item) => string): Map<string, Item[]> {
  const groups = new Map<string, Item[]>();
  for (const item of items) groups.set(key(item), [...(groups.get(key(item)) ?? []), item]);
  return groups;
}

/** What the TypeScript twin of the engine answers everybody, from what is stored. The database holds these worlds alone. */
export async function askTwin(
  owner: pg.ClientBase,
  worlds: StoredWorld[],
): Promise<{ answers: TwinAnswer[]; people: TwinPerson[] }> {
  const { rows } = await owner.query<Facts & { nestings: GroupEdge[] }>(FACTS);
  const { people, nestings, grants, documents } = rows[0]!;
  const grantsAt = grouped(grants, ({ resourceId }) => resourceId);
  const nestingsFrom = grouped(nestings, ({ childId }) => childId!);
  const documentOf = new Map(documents.map((document) => [document.id, document]));
  const personOf = new Map(people.map((person) => [person.id, person]));
  const answers: TwinAnswer[] = [];
  const reached: TwinPerson[] = [];

  worlds.forEach((stored, world) => {
    const { ids } = stored;
    const edges = ids.groups.flatMap((id) => nestingsFrom.get(id) ?? []);
    ids.people.forEach((id, person) => {
      const { principals, edges: memberships } = personOf.get(id)!;
      const groups = [...groupsReached([...(memberships ?? []), ...edges])];
      reached.push({ world, person, principals, groups });
    });
    const resources = [
      ...ids.collections.map((id) => ({
        id,
        resource: { type: "collection" } as ResourceFact,
        grants: grantsAt.get(id),
      })),
      ...ids.documents.map((id) => {
        const { collectionId, ownerId, accessMode } = documentOf.get(id)!;
        const resource: ResourceFact = { type: "document", ownerId, accessMode };
        return { id, resource, grants: [...(grantsAt.get(collectionId) ?? []), ...(grantsAt.get(id) ?? [])] };
      }),
    ];
    for (const who of askersOf(stored)) {
      // links are no people, and the twin knows none
      if (who === null || (typeof who === "object" && "link" in who)) continue;
      const fact = factOf(who);
      for (const { id, resource, grants: given } of resources)
        answers.push({ world, who, resource: id, mask: resolveMask(resource, fact, given ?? []) });
    }

    function factOf(who: Exclude<Who, { link: number }>): PersonFact {
      if (who === "nobody") return { id: null, principals: [], isSuspended: false };
      if (who === "everyone") return { id: null, principals: [everyonePrincipalId], isSuspended: false };
      const { id, principals, is_suspended: isSuspended } = personOf.get(ids.people[who.person]!)!;
      return { id, principals, isSuspended };
    }
  });
  return { answers, people: reached };
}
