import type { Pattern } from "./pattern.ts";
import { isSomebody, type Persona, type PersonaName, personas } from "./rules.ts";
import type { World } from "./world/world.ts";

/** What the routes beside collections and documents answer: what is one's own, the workspace's, or everybody's. */
export interface OtherOperation {
  /** As in the API's description. */
  route: string;
  as?: string;
  /** Answered to people who are not signed in, too. */
  isForAll?: true;
  /**
   * What may be asked about, by its state: an id made for each asker, or the ids of both that the path names. None where
   * the route has no id.
   */
  states?: Record<string, (world: World, who: PersonaName) => Promise<string | Nested>>;
  /** What is asked about where there is nothing to compare it with: what is not there is answered alike. */
  about?: (world: World, who: PersonaName) => string;
  /** The answer's status, or `unseen`: the same as for what is not there. */
  answers: (who: PersonaName, state: string) => number | "unseen";
  /** How what is not there is answered. */
  unseen?: (who: PersonaName) => number;
  /** Part of every refusal with 403: why. */
  says?: string | ((who: PersonaName, state: string) => string);
  /** What stands in the answer of one that is done. */
  tells?: (world: World, who: PersonaName, id: string) => Pattern;
  parts?: (world: World, who: PersonaName) => { query?: string; body?: unknown };
}

export interface Nested {
  id: string;
  childId: string;
}

const of = (who: PersonaName): Persona => personas[who];
export const isAdmin = (who: PersonaName) => of(who).is === "workspace admin";
export const isGuest = (who: PersonaName) => of(who).is === "guest";

export const everybody = () => 200;
export const membersOnly = (who: PersonaName) => (isGuest(who) ? 403 : 200);
export const ADMINS_ONLY = "Only administrators of your workspace can do this. Ask one of them.";
export const adminsOnly = (status = 200): Pick<OtherOperation, "answers" | "says"> => ({
  answers: (who) => (isAdmin(who) ? status : 403),
  says: ADMINS_ONLY,
});

/** Others may not, whatever there is; admins may with what is of their workspace. */
export const adminsOf = (
  route: string,
  done: Record<string, number>,
  states: OtherOperation["states"],
  { body, tells }: { body?: unknown; tells?: OtherOperation["tells"] } = {},
): OtherOperation => ({
  ...{ route, states, tells, answers: (who, state) => (isAdmin(who) && done[state]) || "unseen" },
  unseen: (who) => (isAdmin(who) ? 404 : 403),
  says: ADMINS_ONLY,
  ...(body !== undefined && { parts: () => ({ body }) }),
});

/** What each asker is to get of an operation. */
export const answerOf = (operation: OtherOperation, who: PersonaName, state: string): number | "unseen" =>
  isSomebody(who) || operation.isForAll ? operation.answers(who, state) : 401;

export const titleOf = ({ route, as }: { route: string; as?: string }): string =>
  as ? `${route} (${as})` : route;
