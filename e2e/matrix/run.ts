import { randomUUID } from "node:crypto";
import { brief, Faults, type Findings } from "./findings.ts";
import { type Ask, type Reply, type Wire } from "../support/wire.ts";
import { type Contract, parse } from "./contract.ts";
import { grantIdFor, titleOf } from "./operations.ts";
import { mismatch } from "./pattern.ts";
import { faultOfRefusal, type Refusal, refusals, silences } from "./refusals.ts";
import { isSomebody, type Persona, type PersonaName, personaNames, personas, rightsOf } from "./rules.ts";
import { changesBetween, fingerprint } from "./fingerprint.ts";
import {
  documentFacts,
  type DocumentKey,
  makePlaces,
  type Place,
  placeFacts,
  type PlaceKey,
  type World,
} from "./world.ts";
import type { Aim, Case, Operation, Verdict } from "./verdicts.ts";

/** What is asked about: something in a place, nothing, or what can't be an id. */
type Target = { place: PlaceKey; document: DocumentKey | null } | "missing" | "malformed";

const inPlace = (place: PlaceKey, document: DocumentKey | null = null) => ({ place, document });
const targets: Record<Operation["of"], Record<string, Target>> = {
  collection: {
    live: inPlace("closed"),
    "open to the workspace": inPlace("open to the workspace"),
    public: inPlace("public"),
    trashed: inPlace("trashed"),
    ...{ missing: "missing", malformed: "malformed" },
  },
  document: {
    live: inPlace("closed", "authored"),
    "the collection owner's": inPlace("closed", "collection owner's"),
    "somebody's without access": inPlace("closed", "uploader's"),
    private: inPlace("closed", "private"),
    "for invited people": inPlace("closed", "invite"),
    "for links": inPlace("closed", "link"),
    "open to the workspace": inPlace("open to the workspace", "authored"),
    public: inPlace("public", "authored"),
    "for invited people, in a public collection": inPlace("public", "invite"),
    trashed: inPlace("closed", "trashed"),
    "not uploaded yet": inPlace("closed", "pending"),
    "in a trashed collection": inPlace("trashed", "authored"),
    ...{ missing: "missing", malformed: "malformed" },
  },
};

/** What is tried of operations that are not broad: where their answers differ from those of the broad ones. */
const plain = ["live", "the collection owner's", "trashed", "not uploaded yet", "in a trashed collection"];
/** Who is nobody is told so before anything is looked at: two of them ask everything, the others these. */
const forNobody = ["live", "missing"];

export interface Cell {
  operation: Operation;
  who: PersonaName;
  targetName: string;
  target: Target;
  /** Where there is something that is asked about. */
  one: Case | null;
  verdict: Verdict | "not signed in" | "malformed";
}

function caseOf(who: PersonaName, target: Target): Case | null {
  if (typeof target === "string") return null;
  const place = placeFacts[target.place];
  const document = target.document ? documentFacts[target.document] : undefined;
  return {
    ...{ who, persona: personas[who], place, document },
    isTrashed: place.isTrashed || document?.state === "trashed",
    rights: rightsOf(who, place, document),
    rightsAround: rightsOf(who, place),
    isOwner: document ? document.owner === who : who === "owner",
  };
}

function verdictOn(
  operation: Operation,
  target: Target,
  who: PersonaName,
  one: Case | null,
): Cell["verdict"] {
  if (!isSomebody(who)) return "not signed in";
  if (target === "malformed") return "malformed";
  if (!one) return "unseen";
  const { place, document } = one;
  if (!one.rights.has("view_documents")) return "unseen";
  if (document && place.isTrashed) return operation.buried?.(one) ?? "unseen";
  if (place.isTrashed || document?.state === "trashed") return operation.trashed?.(one) ?? "unseen";
  if (document?.state === "pending") return operation.pending?.(one) ?? "unseen";
  return operation.may(one);
}

/** Every operation × everybody × every state. */
const cellsOf = (operation: Operation): Cell[] =>
  personaNames.flatMap((who) =>
    Object.entries(targets[operation.of])
      .filter(
        ([name]) =>
          operation.isBroad || typeof targets[operation.of][name] === "string" || plain.includes(name),
      )
      .filter(
        ([name]) =>
          isSomebody(who) || who === "anonymous" || who === "link visitor" || forNobody.includes(name),
      )
      .map(([targetName, target]) => {
        const one = caseOf(who, target);
        return { operation, who, targetName, target, one, verdict: verdictOn(operation, target, who, one) };
      }),
  );

const isAllowed = ({ verdict }: Cell) => verdict === "allowed" || typeof verdict === "number";

const statusOf = ({ verdict, operation }: Cell): number =>
  typeof verdict === "number" ? verdict : (operation.answers ?? 200);

function refusalOf({ verdict, operation, who }: Cell): Refusal {
  if (verdict === "unseen") {
    if (operation.of === "collection") return silences.collection;
    const { is }: Persona = personas[who];
    return is === "system admin" ? silences["document, to a system admin"] : silences.document;
  }
  if (verdict === "not signed in" || verdict === "malformed") return silences[verdict];
  return refusals[verdict as keyof typeof refusals];
}

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

/** What a request is made for: an id in a place, which may be another one than the place's. */
function aimAt(
  world: World,
  { operation, who }: Cell,
  place: Place,
  key: DocumentKey | null,
  id: string = key ? place.documents[key] : place.id,
): Aim {
  const other = world.shared.public;
  const grantId = grantIdFor(operation, who, place, other === place ? world.shared.closed : other, key);
  const stranger = { id: randomUUID(), email: `${randomUUID()}@example.org` };
  return { world, who, id, place, documentKey: key, grantId, stranger };
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
      const place = typeof target === "object" ? world.shared[target.place] : world.shared.closed;
      const key =
        typeof target === "object" ? target.document : operation.of === "document" ? "authored" : null;
      const aim = aimAt(world, cell, place, key, target === "malformed" ? "not-an-id" : undefined);
      const reply = await (target === "missing" ? asIfMissing(cell) : wire.ask(askFor(cell, aim)));
      const fault = faultOfRefusal(reply, refusalOf(cell)) ?? faultOfDetails(cell, reply);
      if (fault) faults.add(aboutOf(cell), cell.who, fault + brief(reply));
      else if (reply.body.includes(place.canary)) faults.add(aboutOf(cell), cell.who, "tells its name");
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
 * Asks everything that is to be allowed; what changes something gets a place of its own each time. The answer is about
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
  const byPlace = Map.groupBy(cells, ({ target }) => (target as { place: PlaceKey }).place);
  for (const [placeKey, some] of byPlace) {
    const places = isRead ? [] : await makePlaces(world, placeKey, some.length);
    await Promise.all(
      some.map(async (cell, at) => {
        const place = places[at] ?? world.shared[placeKey];
        const aim = aimAt(world, cell, place, (cell.target as { document: DocumentKey | null }).document);
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
