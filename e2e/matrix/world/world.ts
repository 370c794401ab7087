import type { Product } from "../../support/product.ts";
import type { Persona, PersonaName, Role } from "../rules.ts";
import type { CollectionKey, DocumentKey } from "./facts.ts";

export interface FilledCollection {
  id: string;
  /** Stands in the names of the collection and of all that is in it, and nowhere else. */
  canary: string;
  documents: Record<DocumentKey, string>;
  /** Of each person with a grant of their own on the collection: its id. */
  grants: Partial<Record<PersonaName, string>>;
  /** The same on each document. */
  documentGrants: Record<DocumentKey, Partial<Record<PersonaName, string>>>;
}

export interface World {
  product: Product;
  ids: Record<PersonaName, string>;
  emails: Record<PersonaName, string>;
  /** What each one's requests carry. */
  headers: Record<PersonaName, Record<string, string>>;
  /** The same for pages, which open to sessions alone. */
  pageHeaders: Record<PersonaName, Record<string, string>>;
  workspaces: Record<Persona["workspace"], string>;
  /** The name of the spare group. */
  groupCanary: string;
  groups: { viewers: string; outer: string; /** Has nothing. */ spare: string };
  deletedGroup: string;
  groupElsewhere: string;
  roleIds: Record<Role, string>;
  shared: Record<CollectionKey, FilledCollection>;
}
