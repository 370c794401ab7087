import { z } from "zod";
import { type UserActor } from "#lib/authz/actor.ts";
import { only, Prisma, write } from "#lib/db/index.ts";
import { explainRefusals } from "./resource.ts";
import { type AccessMode, type SetVisibilityInput, type VisibilityView } from "./schema.ts";

/**
 * Opens a collection to nobody else, its workspace or everyone (as viewers), for those who manage its permissions. Its
 * owner also sets whether it is protected: then it is never public (`forbidden`), documents in it leave the mode link,
 * and every link to it or to them is revoked for good. Repeating changes nothing.
 */
export async function setVisibility(
  actor: UserActor,
  collectionId: string,
  { visibility, isProtected }: SetVisibilityInput,
): Promise<VisibilityView> {
  const done = await write(
    actor,
    z.object({ isProtected: z.boolean() }),
    Prisma.sql`SELECT app.set_visibility(${collectionId}::uuid, ${visibility}, ${isProtected ?? null}::boolean) AS "isProtected"`,
  );
  return { visibility, ...only(done) };
}

/**
 * Where a document takes its people from. Its owner may always keep it to themselves and give it back to the
 * collection; anything else is for those who manage its permissions, and never for guests. Whoever limits it to invited people keeps, by a
 * grant on the document, what lets them manage it.
 */
export async function setAccessMode(
  actor: UserActor,
  documentId: string,
  mode: AccessMode,
): Promise<{ mode: AccessMode }> {
  await explainRefusals(actor, { type: "document", id: documentId }, () =>
    write(actor, z.object({}), Prisma.sql`SELECT app.set_access_mode(${documentId}::uuid, ${mode})`),
  );
  return { mode };
}
