import type { Pattern } from "./pattern.ts";
import type { refusals } from "./refusals.ts";
import {
  type DocumentFact,
  type Persona,
  type PersonaName,
  type Permission,
  type CollectionFact,
  type Role,
  roles,
} from "./rules.ts";
import type { DocumentKey } from "./world/facts.ts";
import type { FilledCollection, World } from "./world/world.ts";

/**
 * What somebody gets to hear. `unseen`: the same as for what is not there. A refusal: seen, but not allowed, and told
 * why. A number: that status, for what is done otherwise.
 */
export type Verdict = "allowed" | "unseen" | keyof typeof refusals | number;

/** One question: somebody, and what they ask about. */
export interface Case {
  who: PersonaName;
  persona: Persona;
  /** On what is asked about. */
  rights: Set<Permission>;
  /** On the collection that the document lies in. */
  rightsAround: Set<Permission>;
  isOwner: boolean;
  collection: CollectionFact;
  document: DocumentFact | undefined;
  /** The thing itself, or the collection around it. */
  isTrashed: boolean;
}

/** What a request is made for. */
export interface Aim {
  world: World;
  who: PersonaName;
  id: string;
  collection: FilledCollection;
  documentKey: DocumentKey | null;
  /** A grant on what is asked about: of the person whom the operation is about. */
  grantId: string;
  /** Nobody's, and another one each time. */
  stranger: { id: string; email: string };
}
export interface Parts {
  query?: string;
  body?: unknown;
}
export type Rule = (one: Case) => Verdict;

export interface Operation {
  /** As in the API's description. */
  route: string;
  /** Where one route is asked in several ways. */
  as?: string;
  of: "collection" | "document";
  /** Of those who see what is asked about. */
  may: Rule;
  /** What is public is answered to people without an account, too. */
  isForEveryone?: true;
  /** Asked about in every state there is; otherwise in the plainest ones. */
  isBroad?: boolean;
  /** What an allowed one answers; 200 unless given. */
  answers?: number;
  /** What stands in the answer then. */
  tells?: (aim: Aim, one: Case) => Pattern;
  /** True of the database afterwards; a query with the one parameter `$1`. */
  leaves?: (aim: Aim) => [query: string, id: string];
  /** Where a `forbidden` names the permission that is lacking. */
  names?: Permission;
  /** Of a document, but about what its collection allows. */
  asksCollection?: true;
  /** Where what is asked for lies, and with which name. */
  leadsTo?: (aim: Aim) => string;
  /** The same for what is in the trash, or not uploaded yet; nobody sees that unless given. */
  trashed?: Rule;
  pending?: Rule;
  /** In a collection that is in the trash. */
  buried?: Rule;
  parts?: (aim: Aim) => Parts;
  /** Whose grant stands in the path: of a person in the collection, the asker's own, one of another collection, none. */
  grantOf?: PersonaName | "themselves" | "another collection" | "nobody";
}

export const has =
  (...wanted: Permission[]): Rule =>
  ({ rights }) =>
    wanted.some((permission) => rights.has(permission)) ? "allowed" : "forbidden";
export const seen: Rule = () => "allowed";
export const deletes: Rule = ({ rights, isOwner }) =>
  rights.has("delete_any_documents") || (rights.has("delete_own_documents") && isOwner)
    ? "allowed"
    : "forbidden";
/** Collections: to the trash and back, and for good. */
export const disposes: Rule = ({ rights }) =>
  rights.has("manage_permissions") && rights.has("delete_any_documents") ? "allowed" : "forbidden";
/** Sharing, and nobody gives or takes more than they have. Guests share nothing. */
export const shares =
  (...given: Role[]): Rule =>
  ({ rights, persona }) => {
    if (!rights.has("manage_permissions")) return "forbidden";
    if (persona.is === "guest") return "not for guests";
    const isWithin = given.every((role) => roles[role].every((permission) => rights.has(permission)));
    return isWithin ? "allowed" : "above their own";
  };
/** What those hear who could do it, were it not for what they ask about. */
export const unless =
  (rule: Rule, otherwise: Verdict | Rule): Rule =>
  (one) => {
    const verdict = rule(one);
    if (verdict !== "allowed") return verdict;
    return typeof otherwise === "function" ? otherwise(one) : otherwise;
  };
/** Whoever asks about their own grant needs no right but to see. */
export const endsOwn =
  (whose: PersonaName, own: Verdict, rule: Rule): Rule =>
  (one) =>
    one.who === whose ? own : rule(one);
/** What is in the trash is there for those who could do this. */
export const ifAllowed =
  (rule: Rule): Rule =>
  (one) =>
    rule(one) === "allowed" ? "allowed" : "unseen";
export const manages = has("manage_permissions");
/** What only takes away is for those who manage the thing while it is in the trash, too; it is not there for others. */
export function closing(may: Rule): Pick<Operation, "may" | "trashed" | "buried"> {
  const rule: Rule = (one) => (manages(one) === "allowed" ? may(one) : "unseen");
  return { may, trashed: rule, buried: rule };
}
/** Who manages something is told who would have access also while it is in the trash. */
export const forManagers = { trashed: ifAllowed(manages), buried: ifAllowed(manages) };
export const forManagersNothing = (what: Verdict) => {
  const rule: Rule = (one) => (manages(one) === "allowed" ? what : "unseen");
  return { may: unless(manages, what), trashed: rule, buried: rule };
};
export const isKeeper = ({ isOwner, rights }: Case) => isOwner && rights.has("view_documents");
