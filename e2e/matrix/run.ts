import { randomUUID } from "node:crypto";
import { brief, Faults, type Findings } from "./findings.ts";
import { type Ask, type Reply, type Wire } from "../support/wire.ts";
import { type Aim, type Case, grantIdFor, type Operation, titleOf, type Verdict } from "./operations.ts";
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
  verdict: Verdict | "not signed in" | "malformed";
}

function verdictOn(world: World, operation: Operation, who: PersonaName, target: Target): Cell["verdict"] {
  if (!isSomebody(who)) return "not signed in";
  if (target === "malformed") return "malformed";
  if (target === "missing") return "unseen";
  const place = placeFacts[target.place];
  const document = target.document ? documentFacts[target.document] : undefined;
  const one: Case = {
    ...{ world, who, persona: personas[who] as Persona, documentKey: target.document },
    rights: rightsOf(who, place, document),
    rightsAround: rightsOf(who, place),
    isOwner: document ? document.owner === who : who === "owner",
  };
  if (!one.rights.has("view_documents")) return "unseen";
  if (document && place.isTrashed) return operation.buried?.(one) ?? "unseen";
  if (place.isTrashed || document?.state === "trashed") return operation.trashed?.(one) ?? "unseen";
  if (document?.state === "pending") return operation.pending?.(one) ?? "unseen";
  return operation.may(one);
}

/** Every operation × everybody × every state. */
export const cellsOf = (world: World, operation: Operation): Cell[] =>
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
      .map(([targetName, target]) => ({
        ...{ operation, who, targetName, target },
        verdict: verdictOn(world, operation, who, target),
      })),
  );

const isAllowed = ({ verdict, operation }: Cell) =>
  verdict === "allowed" || (typeof verdict === "number" && verdict < 400 && operation !== null);

/** What an unseen thing answers. System admins are told 403 of documents, existing or not. */
const unseenStatus = ({ operation, who }: Cell) =>
  operation.of === "document" && (personas[who] as Persona).is !== "system admin" ? 404 : 403;

function statusOf(cell: Cell): number {
  const { verdict, operation } = cell;
  if (typeof verdict === "number") return verdict;
  switch (verdict) {
    case "allowed":
      return operation.answers ?? 200;
    case "forbidden":
      return 403;
    case "unseen":
      return unseenStatus(cell);
    case "not signed in":
      return 401;
    case "malformed":
      return 422;
  }
}

const aboutOf = ({ operation, targetName }: Cell) => `${titleOf(operation)} · ${targetName}`;

/** A request about an id in a place; the id may be another one than the place's. */
function askFor(
  world: World,
  { operation, who }: Cell,
  place: Place,
  key: DocumentKey | null,
  id: string,
): Ask {
  const other = world.shared.public;
  const grantId = grantIdFor(operation, who, place, other === place ? world.shared.closed : other, key);
  const aim: Aim = { world, who, id, place, documentKey: key, grantId };
  const { query = "", body } = operation.parts?.(aim) ?? {};
  const [method = "", template = ""] = operation.route.split(" ");
  const path = template.replace("{id}", id).replace("{collaboratorId}", grantId);
  return { method, path: path + query, headers: world.headers[who], body };
}

const askAbout = (world: World, cell: Cell, place: Place, key: DocumentKey | null): Ask =>
  askFor(world, cell, place, key, key ? place.documents[key] : place.id);

/**
 * Asks everything that is to be refused. What may not be seen must be answered byte for byte as what is not there, and
 * no refusal changes a row.
 */
export async function tryRefused(world: World, wire: Wire, operation: Operation): Promise<Findings> {
  const faults = new Faults();
  const cells = cellsOf(world, operation).filter((cell) => !isAllowed(cell));
  const before = await fingerprint(world.product);
  const missing = new Map<PersonaName, Promise<Reply>>();
  const asIfMissing = (cell: Cell) => {
    let reply = missing.get(cell.who);
    if (!reply) {
      const key = operation.of === "document" ? "authored" : null;
      missing.set(cell.who, (reply = wire.ask(askFor(world, cell, world.shared.closed, key, randomUUID()))));
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
      const reply = await (target === "missing"
        ? asIfMissing(cell)
        : wire.ask(
            target === "malformed"
              ? askFor(world, cell, place, key, "not-an-id")
              : askAbout(world, cell, place, key),
          ));
      if (reply.status !== statusOf(cell))
        faults.add(aboutOf(cell), cell.who, `not ${statusOf(cell)} but ${brief(reply)}`);
      else if (reply.body.includes(place.canary)) faults.add(aboutOf(cell), cell.who, "tells its name");
      if (target === "missing" || (verdict !== "unseen" && verdict !== "not signed in")) return;
      compared += 1;
      if (reply.bytes !== (await asIfMissing(cell)).bytes)
        faults.add(aboutOf(cell), cell.who, `differs from missing: ${brief(reply)}`);
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

/** Asks everything that is to be allowed; what changes something gets a place of its own each time. */
export async function tryAllowed(world: World, wire: Wire, operation: Operation): Promise<Findings> {
  const faults = new Faults();
  const cells = cellsOf(world, operation).filter(isAllowed);
  const isRead = operation.route.startsWith("GET ");
  const byPlace = Map.groupBy(cells, ({ target }) => (target as { place: PlaceKey }).place);
  for (const [placeKey, some] of byPlace) {
    const places = isRead ? [] : await makePlaces(world, placeKey, some.length);
    await Promise.all(
      some.map(async (cell, at) => {
        const place = places[at] ?? world.shared[placeKey];
        const reply = await wire.ask(
          askAbout(world, cell, place, (cell.target as { document: DocumentKey | null }).document),
        );
        if (reply.status !== statusOf(cell))
          faults.add(aboutOf(cell), cell.who, `not ${statusOf(cell)} but ${brief(reply)}`);
      }),
    );
  }
  return { cells: cells.length, compared: 0, faults: faults.list() };
}
