import type pg from "pg";
import { everyonePrincipalId } from "../actor.ts";
import { fullMask, permissionBits, permissionsIn } from "../permissions.ts";
import { isInGroup, isLive, isSuspended, mayRemove, rightsOf, type Who, workspaceOf } from "./model.ts";
import { askersOf, looksAround, observe, type Source, sources } from "./observe.ts";
import { resourceId, type StoredWorld } from "./store.ts";
import { askTwin } from "./twin.ts";
import { holds, type WorldResource, resourcesOf } from "./world.ts";

/** Where an answer is not the model's. */
export interface Disagreement {
  /** The world's resource in the batch. */
  world: number;
  source: Source | "resolve.ts" | "user_principals" | "groupsReached" | "attempts";
  text: string;
}
export interface Comparison {
  /** How many answers were compared. */
  compared: number;
  disagreements: Disagreement[];
}

const { view_documents, create_documents, edit_documents } = permissionBits;

/** What the model says that a source must answer; undefined where the source is not asked. */
function expectedOf(
  stored: StoredWorld,
  who: Who | null,
  resource: WorldResource,
  source: Source,
): number | undefined {
  const { world } = stored;
  if (who === null) {
    // the system may everything; it changes and removes nothing here
    if (source === "page") return isPage(stored, resource) ? fullMask : 0;
    return source === "rights" ? fullMask : source === "read" ? 1 : undefined;
  }
  const mask = rightsOf(world, who, resource);
  const isSeen = (mask & view_documents) !== 0;
  switch (source) {
    case "rights":
      return mask;
    case "list":
      return undefined; // asked of few, about all worlds
    case "report":
      // links are no people
      return who === "nobody" ? undefined : typeof who === "object" && "link" in who ? 0 : mask;
    case "read":
      return Number(isSeen);
    case "change":
      return Number(isSeen && (mask & edit_documents) !== 0);
    case "create":
      // nobody puts anything where they see nothing, or into the trash
      if (!("collection" in resource)) return undefined;
      return Number(isSeen && (mask & create_documents) !== 0 && isLive(world, resource));
    case "remove":
      return Number(mayRemove(world, who, resource));
    case "page":
      return isPage(stored, resource) && isSeen ? mask : 0;
    case "around":
      return Number(isPage(stored, resource) && isSeen && seesAround(stored, who, resource));
  }
}

/** Whether there is a page of it at all. */
const isPage = ({ world }: StoredWorld, resource: WorldResource) =>
  "document" in resource && isLive(world, resource);

function seesAround({ world }: StoredWorld, who: Who, resource: WorldResource): boolean {
  if (!("document" in resource)) return false;
  const { collection } = world.documents[resource.document]!;
  return (rightsOf(world, who, { collection }) & view_documents) !== 0;
}

const told = (who: Who | null) => {
  if (who === null) return "the system";
  if (typeof who === "string") return who;
  return "person" in who ? `person ${who.person}` : `link ${who.link}`;
};
const toldResource = (resource: WorldResource) =>
  "collection" in resource ? `collection ${resource.collection}` : `document ${resource.document}`;
const toldMask = (mask: number) => (mask === 0 ? "nothing" : `${mask} (${permissionsIn(mask).join(", ")})`);

/** Everything a person acts as, as the model sees it. */
function principalsOf({ world, ids }: StoredWorld, person: number): string[] {
  if (isSuspended(world, person)) return [];
  return [
    ids.people[person]!,
    everyonePrincipalId,
    ...(holds(world.people[person]!.isGuest) ? [] : [ids.workspaces[workspaceOf(world, person)]!]),
    ...ids.groups.filter((_, group) => isInGroup(world, person, group)),
  ];
}

/** The ids of everything in their world that somebody sees. */
const visibleTo = ({ world, ids }: StoredWorld, who: Who): string[] =>
  resourcesOf(world)
    .filter((resource) => (rightsOf(world, who, resource) & view_documents) !== 0)
    .map((resource) => resourceId(ids, resource));

const difference = (a: string[], b: string[]) => a.filter((item) => !b.includes(item));

/**
 * Asks the database in every way, and the TypeScript twin, what everybody may do to everything in their world; returns
 * how many answers there were, and those that the model does not give.
 */
export async function compare(
  { app, owner }: { app: pg.ClientBase; owner: pg.ClientBase },
  worlds: StoredWorld[],
): Promise<Comparison> {
  const disagreements: Disagreement[] = [];
  let compared = 0;

  const key = (world: number, who: Who | null, resource: string) => `${world} ${told(who)} ${resource}`;
  const answers = new Map<Source, Map<string, number>>(sources.map((source) => [source, new Map()]));
  const listed = new Map<number, string[]>();
  for (const { world, who, source, resource, value } of await observe(app, worlds)) {
    if (source === "list") listed.set(world, [...(listed.get(world) ?? []), resource]);
    else answers.get(source)!.set(key(world, who, resource), value);
  }
  const twin = await askTwin(owner, worlds);
  const twins = new Map(
    twin.answers.map(({ world, who, resource, mask }) => [key(world, who, resource), mask]),
  );

  worlds.forEach((stored, world) => {
    for (const who of askersOf(stored))
      for (const resource of resourcesOf(stored.world)) {
        const at = key(world, who, resourceId(stored.ids, resource));
        const judge = (source: Disagreement["source"], expected: number | undefined, actual: number) => {
          if (expected === undefined) return;
          compared++;
          if (expected === actual) return;
          const isMask = ["rights", "page", "report", "resolve.ts"].includes(source);
          const [right, wrong] = isMask
            ? [toldMask(expected), toldMask(actual)]
            : [expected === 1, actual === 1];
          disagreements.push({
            world,
            source,
            text: `${told(who)} on ${toldResource(resource)}: ${wrong}, but should be ${right}`,
          });
        };
        for (const source of sources)
          judge(source, expectedOf(stored, who, resource, source), answers.get(source)!.get(at) ?? 0);
        if (who !== null && !(typeof who === "object" && "link" in who))
          judge("resolve.ts", rightsOf(stored.world, who, resource), twins.get(at) ?? 0);
      }
  });
  const judgeSets = (
    world: number,
    source: Disagreement["source"],
    person: number,
    expected: string[],
    actual: string[],
  ) => {
    compared++;
    const [missing, extra] = [difference(expected, actual).length, difference(actual, expected).length];
    if (missing + extra > 0)
      disagreements.push({ world, source, text: `person ${person}: ${missing} missing, ${extra} too many` });
  };
  for (const { world, person, principals, groups } of twin.people) {
    const stored = worlds[world]!;
    judgeSets(world, "user_principals", person, principalsOf(stored, person), principals);
    // what the twin is told of suspended people's groups is the same as of others'
    const inGroups = stored.ids.groups.filter((_, group) => isInGroup(stored.world, person, group));
    judgeSets(world, "groupsReached", person, inGroups, groups);
  }
  const openToAll = worlds.map((stored) => visibleTo(stored, "everyone"));
  worlds.forEach((stored, world) => {
    const person = stored.world.people.length - 1;
    if (!looksAround(stored, world, { person })) return;
    const elsewhere = openToAll.filter((_, other) => other !== world).flat();
    const wanted = !isSuspended(stored.world, person) ? [...visibleTo(stored, { person }), ...elsewhere] : [];
    judgeSets(world, "list", person, wanted, listed.get(world) ?? []);
  });
  return { compared, disagreements };
}
