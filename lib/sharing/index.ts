import { type UserActor } from "#lib/authz/actor.ts";
import { type Page } from "#lib/http/schema.ts";
import { changeGrant, grant, listGrants, revoke } from "./grants.ts";
import {
  type AddCollaboratorInput,
  type AddedCollaboratorView,
  type ChangeGrantInput,
  type GrantView,
} from "./schema.ts";

export { check, effectivePermissions, listAccess } from "./access.ts";
export { explain, explainAddress } from "./explain.ts";
export { changeGrant, grant, listGrants, revoke } from "./grants.ts";
export { setAccessMode, setVisibility } from "./openness.ts";
export { type ResourceRef, sqlRef, unseen, worded } from "./resource.ts";
export { simulateRemoval } from "./simulate.ts";
export { suggestSubjects } from "./suggest.ts";
export { getVisibility } from "./visibility.ts";

const collection = (id: string) => ({ type: "collection", id }) as const;

/** `listGrants` of a collection. */
export const listCollaborators = (actor: UserActor, collectionId: string): Promise<Page<GrantView>> =>
  listGrants(actor, collection(collectionId));

/** `grant` of a built-in role on a collection to an address. */
export async function addCollaborator(
  actor: UserActor,
  collectionId: string,
  { email, role, expiresAt }: AddCollaboratorInput,
): Promise<AddedCollaboratorView> {
  const added = await grant(actor, collection(collectionId), { email, role, expiresAt });
  return { id: added.id, email, role, expiresAt: added.expiresAt };
}

/** `changeGrant` on a collection. */
export const changeCollaborator = (
  actor: UserActor,
  collectionId: string,
  collaboratorId: string,
  input: ChangeGrantInput,
): Promise<GrantView> => changeGrant(actor, collection(collectionId), collaboratorId, input);

/** `revoke` on a collection. */
export const removeCollaborator = (
  actor: UserActor,
  collectionId: string,
  collaboratorId: string,
): Promise<void> => revoke(actor, collection(collectionId), collaboratorId);
