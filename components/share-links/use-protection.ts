"use client";
import { useQuery } from "@tanstack/react-query";
import { visibilityQuery } from "#components/sharing/queries.ts";
import type { Shareable, SharedThing } from "#components/sharing/shared-thing.ts";
import { useCollectionOf } from "#components/sharing/use-collection-of.ts";

/** Why nothing here can have links, as the key of a message: the collection is protected. Null where it is not, or not known. */
export function useProtection(thing: SharedThing, of: Shareable): "protected" | "protectedOwn" | null {
  const around = useCollectionOf("document" in of ? of.document : undefined);
  const id = "collection" in of ? thing.id : around?.id;
  const known = useQuery({ ...visibilityQuery(id ?? ""), enabled: id !== undefined });
  if (!known.data?.isProtected) return null;
  return "collection" in of ? "protectedOwn" : "protected";
}
