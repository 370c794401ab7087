import { randomUUID } from "node:crypto";
import { type Ask, type Reply, type Wire } from "../support/wire.ts";
import { type Cell, cellsOf, isAllowed, refusalOf, statusOf } from "./cells.ts";
import { type Contract, parse } from "./contract.ts";
import { brief, Faults, type Findings } from "./findings.ts";
import { changesBetween, fingerprint } from "./fingerprint.ts";
import { titleOf } from "./others.ts";
import { mismatch } from "./pattern.ts";
import { faultOfRefusal } from "./refusals.ts";
import { type Persona, type PersonaName, personas } from "./rules.ts";
import type { Aim, Operation } from "./verdicts.ts";
import { makeCollections } from "./world/collections.ts";
import type { CollectionKey, DocumentKey } from "./world/facts.ts";
import type { FilledCollection, World } from "./world/world.ts";

/** What else a refusal holds: which permission is lacking, and which part of the address can't be an id. */
function faultOfDetails({ verdict, operation }: Cell, { body }: Reply): string | null {
  const told = parse(body) as { permission?: string; errors?: { path: string; message: string }[] };
  if (told.permission !== (verdict === "forbidden" ? operation.names : undefined))
    return `names ${told.permission} as lacking: `;
  if (verdict !== "malformed") return told.errors ? "finds fault with the input: " : null;
  const isId = told.errors?.some(({ path }) => path === "id" || path === "collectionId");
  return isId ? null : "finds no fault with the id: ";
}

const aboutOf = ({ operation, targetName }: Cell) => `${titleOf(operation)} · ${targetName}`;

/** What stands where the operation's grant is named. */
function grantIdFor(
  operation: Operation,
  who: PersonaName,
  collection: FilledCollection,
  other: FilledCollection,
  key: DocumentKey | null,
): string {
  const { grantOf } = operation;
  if (!grantOf || grantOf === "nobody") return randomUUID();
  const wanted = grantOf === "themselves" ? who : grantOf;
  if (wanted === "another collection")
    return (key ? other.documentGrants[key]["viewer of documents"] : other.grants.viewer)!;
  if (key) return collection.documentGrants[key][wanted] ?? randomUUID();
  const { through }: Persona = personas[wanted];
  return (through ? undefined : collection.grants[wanted]) ?? randomUUID();
}

/** What a request is made for: an id in a collection, which may be another one than the collection's. */
function aimAt(
  world: World,
  { operation, who }: Cell,
  collection: FilledCollection,
  key: DocumentKey | null,
  id: string = key ? collection.documents[key] : collection.id,
): Aim {
  const other = world.shared.public;
  const grantId = grantIdFor(
    operation,
    who,
    collection,
    other === collection ? world.shared.closed : other,
    key,
  );
  const stranger = { id: randomUUID(), email: `${randomUUID()}@example.org` };
  return { world, who, id, collection, documentKey: key, grantId, stranger };
}

function askFor({ operation }: Cell, aim: Aim): Ask {
  const { query = "", body } = operation.parts?.(aim) ?? {};
  const [method = "", template = ""] = operation.route.split(" ");
  const path = template.replace("{id}", aim.id).replace("{collaboratorId}", aim.grantId);
  return { method, path: path + query, headers: aim.world.headers[aim.who], body };
}

/**
 * Asks everything that is to be refused. What may not be seen must be answered byte for byte as what is not there; what
 * is seen otherwise, saying why it is refused. No refusal changes a row.
 */
export async function tryRefused(
  world: World,
  wire: Wire,
  contract: Contract,
  operation: Operation,
): Promise<Findings> {
  const faults = new Faults();
  const cells = cellsOf(operation).filter((cell) => !isAllowed(cell));
  const before = await fingerprint(world.product);
  const missing = new Map<PersonaName, Promise<Reply>>();
  const asIfMissing = (cell: Cell) => {
    let reply = missing.get(cell.who);
    if (!reply) {
      const key = operation.of === "document" ? "authored" : null;
      const aim = aimAt(world, cell, world.shared.closed, key, randomUUID());
      missing.set(cell.who, (reply = wire.ask(askFor(cell, aim))));
    }
    return reply;
  };
  let compared = 0;
  await Promise.all(
    cells.map(async (cell) => {
      const { target, verdict } = cell;
      const collection = typeof target === "object" ? world.shared[target.collection] : world.shared.closed;
      const key =
        typeof target === "object" ? target.document : operation.of === "document" ? "authored" : null;
      const aim = aimAt(world, cell, collection, key, target === "malformed" ? "not-an-id" : undefined);
      const reply = await (target === "missing" ? asIfMissing(cell) : wire.ask(askFor(cell, aim)));
      const fault = faultOfRefusal(reply, refusalOf(cell)) ?? faultOfDetails(cell, reply);
      if (fault) faults.add(aboutOf(cell), cell.who, fault + brief(reply));
      else if (reply.body.includes(collection.canary)) faults.add(aboutOf(cell), cell.who, "tells its name");
      const undescribed = contract.faultOf(operation.route, reply);
      if (undescribed) faults.add(operation.route, cell.who, undescribed);
      if (target === "missing" || verdict === "malformed") return;
      compared += 1;
      const isAlike = reply.bytes === (await asIfMissing(cell)).bytes;
      if (isAlike !== (verdict === "unseen" || verdict === "not signed in"))
        faults.add(
          aboutOf(cell),
          cell.who,
          `${isAlike ? "is told from missing by nothing" : "differs from missing"}: ${brief(reply)}`,
        );
    }),
  );
  const changes = changesBetween(before, await fingerprint(world.product));
  return {
    ...{ cells: cells.length, compared },
    faults: [
      ...faults.list(),
      ...changes.map((name) => `${titleOf(operation)}: changes ${name} though it is refused`),
    ],
  };
}

/**
 * Asks everything that is to be allowed; what changes something gets a collection of its own each time. The answer is about
 * what was asked, as the rules say and as it is described, and what was to be done is done.
 */
export async function tryAllowed(
  world: World,
  wire: Wire,
  contract: Contract,
  operation: Operation,
): Promise<Findings> {
  const faults = new Faults();
  const cells = cellsOf(operation).filter(isAllowed);
  const isRead = operation.route.startsWith("GET ");
  const byCollection = Map.groupBy(
    cells,
    ({ target }) => (target as { collection: CollectionKey }).collection,
  );
  for (const [collectionKey, some] of byCollection) {
    const collections = isRead ? [] : await makeCollections(world, collectionKey, some.length);
    await Promise.all(
      some.map(async (cell, at) => {
        const collection = collections[at] ?? world.shared[collectionKey];
        const aim = aimAt(
          world,
          cell,
          collection,
          (cell.target as { document: DocumentKey | null }).document,
        );
        const reply = await wire.ask(askFor(cell, aim));
        if (reply.status !== statusOf(cell)) {
          faults.add(aboutOf(cell), cell.who, `not ${statusOf(cell)} but ${brief(reply)}`);
          return;
        }
        const undescribed = contract.faultOf(operation.route, reply);
        if (undescribed) faults.add(operation.route, cell.who, undescribed);
        const fault = (await faultOfAnswer(cell, aim, reply)) ?? (await faultOfBytes(cell, aim, reply, wire));
        if (fault) faults.add(aboutOf(cell), cell.who, fault);
      }),
    );
  }
  return { cells: cells.length, compared: 0, faults: faults.list() };
}

/** What an allowed answer tells otherwise than the rules, or left undone. */
async function faultOfAnswer(
  { operation, one, verdict }: Cell,
  aim: Aim,
  reply: Reply,
): Promise<string | null> {
  const { tells, leaves } = operation;
  const told = tells && reply.body !== "" ? mismatch(parse(reply.body), tells(aim, one!)) : null;
  if (told || !leaves || verdict !== "allowed") return told;
  const [query, id] = leaves(aim);
  return (await aim.world.product.query(query, [id])).length > 0 ? null : "is answered, and not done";
}

/** The address that an answer leads to sends bytes of the name that was asked about. */
async function faultOfBytes(
  { operation: { leadsTo } }: Cell,
  aim: Aim,
  reply: Reply,
  wire: Wire,
): Promise<string | null> {
  if (!leadsTo) return null;
  const url = reply.location ?? (parse(reply.body) as { url: string }).url;
  const { pathname, search } = new URL(url);
  const { status, headers } = await wire.ask({ method: "GET", path: pathname + search });
  const name = leadsTo(aim);
  const isNamed = decodeURIComponent(headers["content-disposition"] ?? "").includes(name);
  return status === 200 && isNamed
    ? null
    : `leads to ${status} ${headers["content-disposition"]}, not to ${name}`;
}
