import { type UserActor } from "#lib/authz/actor.ts";
import { grant } from "./grants.ts";
import { type AddCollaboratorInput, type AddedCollaboratorView } from "./schema.ts";

export { listAccess } from "./access.ts";
/** @internal What domains to come ask; so far tests and benchmarks do. */
export { check, effectivePermissions } from "./access.ts";
export { explain, explainAddress } from "./explain.ts";
export { changeGrant, expiry, grant, listGrants, revoke, roleIdOf } from "./grants.ts";
export { resendLetter } from "./resend.ts";
export { setAccessMode, setVisibility } from "./openness.ts";
export { type ResourceRef, sqlRef, unseen, explainRefusals } from "./resource.ts";
export { simulateRemoval } from "./simulate.ts";
export { suggestSubjects } from "./suggest.ts";
export { getVisibility } from "./visibility.ts";

/** `grant` of a built-in role on a collection to an address. */
export async function addCollaborator(
  actor: UserActor,
  collectionId: string,
  { email, role, expiresAt }: AddCollaboratorInput,
): Promise<AddedCollaboratorView> {
  const added = await grant(actor, { type: "collection", id: collectionId }, { email, role, expiresAt });
  return { id: added.id, email, role, expiresAt: added.expiresAt };
}
