import { type Actor } from "#lib/authz/actor.ts";
import { Prisma } from "#lib/db/index.ts";
import { AppError, collectionForbidden, documentNotFound } from "#lib/errors/index.ts";

/** What can be shared, by its id. */
export interface ResourceRef {
  type: "collection" | "document";
  id: string;
}

/** The two arguments by which the database's functions take a resource. */
export const sqlRef = ({ type, id }: ResourceRef): Prisma.Sql =>
  type === "collection" ? Prisma.sql`${id}::uuid, NULL::uuid` : Prisma.sql`NULL::uuid, ${id}::uuid`;

/**
 * The refusal of a resource that the actor may not see, or that is not there. For documents a system admin without a
 * grant is told that they may not, whatever exists.
 */
export function unseen(actor: Actor, { type }: ResourceRef): AppError {
  if (type === "collection") return collectionForbidden();
  return actor.kind === "user" && actor.isSystemAdmin
    ? new AppError("forbidden", "No grant on this document", { reason: "document" })
    : documentNotFound();
}

/** Runs `work` and explains the database's refusals of unseen documents to the actor. */
export async function explainRefusals<Result>(
  actor: Actor,
  resource: ResourceRef,
  work: () => Promise<Result>,
): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    const isUnseen = error instanceof AppError && error.code === "not_found" && error.reason === "document";
    throw isUnseen ? unseen(actor, resource) : error;
  }
}
