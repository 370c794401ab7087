import { z } from "zod";
import { type UserActor } from "#lib/authz/actor.ts";
import { Prisma, write } from "#lib/db/index.ts";
import { type MoveDocumentsInput, type MoveOutcome, moveRefusals } from "./schema.ts";

/**
 * Moves documents to a collection where the actor may add some (else `forbidden`), and says of each that stays why. All that
 * can be moved are moved together. Who pays, who was given access and what links open stay as they are.
 */
export async function moveDocuments(
  actor: UserActor,
  { collectionId, documentIds }: MoveDocumentsInput,
): Promise<MoveOutcome> {
  const rows = await write(
    actor,
    z.object({ documentId: z.string(), reason: z.enum(moveRefusals).nullable() }),
    Prisma.sql`
      SELECT m.document_id AS "documentId", m.refusal AS reason FROM app.move_documents(${documentIds}::uuid[], ${collectionId}::uuid) m`,
  );
  return {
    moved: rows.flatMap(({ documentId, reason }) => (reason === null ? [documentId] : [])),
    refused: rows.flatMap(({ documentId, reason }) => (reason === null ? [] : [{ documentId, reason }])),
  };
}
