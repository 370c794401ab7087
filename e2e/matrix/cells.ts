import { type Refusal, refusals, silences } from "./refusals.ts";
import {
  isSomebody,
  type Persona,
  type PersonaName,
  personaNames,
  personas,
  readsWhatIsPublic,
  rightsOf,
} from "./rules.ts";
import type { Case, Operation, Verdict } from "./verdicts.ts";
import { collectionFacts, type CollectionKey, documentFacts, type DocumentKey } from "./world/facts.ts";

/** What is asked about: something in a collection, nothing, or what can't be an id. */
type Target = { collection: CollectionKey; document: DocumentKey | null } | "missing" | "malformed";

const inCollection = (collection: CollectionKey, document: DocumentKey | null = null) => ({
  collection,
  document,
});
const targets: Record<Operation["of"], Record<string, Target>> = {
  collection: {
    live: inCollection("closed"),
    "open to the workspace": inCollection("open to the workspace"),
    public: inCollection("public"),
    trashed: inCollection("trashed"),
    ...{ missing: "missing", malformed: "malformed" },
  },
  document: {
    live: inCollection("closed", "authored"),
    "the collection owner's": inCollection("closed", "collection owner's"),
    "somebody's without access": inCollection("closed", "uploader's"),
    private: inCollection("closed", "private"),
    "the collection owner's, private": inCollection("closed", "collection owner's, private"),
    "for invited people": inCollection("closed", "invite"),
    "for links": inCollection("closed", "link"),
    "open to the workspace": inCollection("open to the workspace", "authored"),
    public: inCollection("public", "authored"),
    "for invited people, in a public collection": inCollection("public", "invite"),
    trashed: inCollection("closed", "trashed"),
    "not uploaded yet": inCollection("closed", "pending"),
    "in a trashed collection": inCollection("trashed", "authored"),
    ...{ missing: "missing", malformed: "malformed" },
  },
};

/** What is tried of operations that are not broad: where their answers differ from those of the broad ones. */
const plain = ["live", "the collection owner's", "trashed", "not uploaded yet", "in a trashed collection"];
/** Who is nobody is told so: two of them ask everything, the others these. */
const forNobody = ["live", "public", "missing"];

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
  const collection = collectionFacts[target.collection];
  const document = target.document ? documentFacts[target.document] : undefined;
  return {
    ...{ who, persona: personas[who], collection, document },
    isTrashed: collection.isTrashed || document?.state === "trashed",
    rights: rightsOf(who, collection, document),
    rightsAround: rightsOf(who, collection),
    isOwner: document ? document.owner === who : who === "owner",
  };
}

function verdictOn(
  operation: Operation,
  target: Target,
  who: PersonaName,
  one: Case | null,
): Cell["verdict"] {
  if (!isSomebody(who)) {
    const isOpen = operation.isForEveryone && readsWhatIsPublic(who) && one && isThere(one);
    return isOpen ? operation.may(one) : "not signed in";
  }
  if (target === "malformed") return "malformed";
  if (!one) return "unseen";
  const { collection, document } = one;
  if (!one.rights.has("view_documents")) return "unseen";
  if (document && collection.isTrashed) return operation.buried?.(one) ?? "unseen";
  if (collection.isTrashed || document?.state === "trashed") return operation.trashed?.(one) ?? "unseen";
  if (document?.state === "pending") return operation.pending?.(one) ?? "unseen";
  return operation.may(one);
}

/** Neither in the trash nor still being uploaded, and to be seen. */
const isThere = ({ collection, document, rights }: Case): boolean =>
  rights.has("view_documents") && !collection.isTrashed && (!document || document.state === "live");

/** Every operation × everybody × every state. */
export const cellsOf = (operation: Operation): Cell[] =>
  personaNames.flatMap((who) =>
    Object.entries(targets[operation.of])
      .filter(
        ([name]) =>
          operation.isBroad ||
          operation.isForEveryone ||
          typeof targets[operation.of][name] === "string" ||
          plain.includes(name),
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

export const isAllowed = ({ verdict }: Cell) => verdict === "allowed" || typeof verdict === "number";

export const statusOf = ({ verdict, operation }: Cell): number =>
  typeof verdict === "number" ? verdict : (operation.answers ?? 200);

/** Whom those are sent to whose role does not allow something. */
function forbidden({ operation, one }: Cell): Refusal {
  if (!one || one.document?.mode !== "invite" || operation.asksCollection) return refusals.forbidden;
  if (one.isOwner && [...one.rightsAround].some((right) => !one.rights.has(right)))
    return refusals["forbidden, its owner can open it again"];
  return one.rights.has("manage_permissions")
    ? refusals["forbidden, somebody with more can help"]
    : refusals["forbidden, those who manage it can help"];
}

export function refusalOf(cell: Cell): Refusal {
  const { verdict, operation, who } = cell;
  if (verdict === "unseen") {
    if (operation.of === "collection") return silences.collection;
    const { is }: Persona = personas[who];
    return is === "system admin" ? silences["document, to a system admin"] : silences.document;
  }
  if (verdict === "not signed in" || verdict === "malformed") return silences[verdict];
  if (verdict === "forbidden") return forbidden(cell);
  return refusals[verdict as keyof typeof refusals];
}
