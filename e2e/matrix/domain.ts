import type { OtherOperation } from "./others.ts";
import type { Needed } from "./scopes.ts";
import type { Operation } from "./verdicts.ts";

/** What the matrix knows of one domain's routes: a new domain adds a file of its own to operations/. */
export interface Domain {
  /**
   * What a personal access token needs for each route, written apart from the declarations of the routes: methods with
   * their paths below /api/v1.
   */
  scopes: Partial<Record<Needed, string>>;
  /** About one collection or document. */
  resources?: Operation[];
  /** Everything else. */
  others?: OtherOperation[];
}
