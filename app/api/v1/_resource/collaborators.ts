import { route } from "#lib/http/route.ts";
import { idParams } from "#lib/http/schema.ts";
import { onResource, type ResourceType } from "#lib/sharing/api.ts";
import { changeGrant, grant, listGrants, resendLetter, revoke } from "#lib/sharing/index.ts";
import {
  addedGrantSchema,
  changeGrantSchema,
  collaboratorParams,
  grantInputSchema,
  grantListSchema,
  grantViewSchema,
  resentSchema,
} from "#lib/sharing/schema.ts";

/** `…/collaborators` of a collection or a document. */
export const collaboratorsRoutes = (type: ResourceType) => ({
  GET: route(
    onResource[type].listGrants,
    { params: idParams, answers: { 200: grantListSchema } },
    async ({ actor, params: { id } }) => ({ body: await listGrants(actor, { type, id }) }),
  ),
  POST: route(
    onResource[type].grant,
    { params: idParams, body: grantInputSchema, answers: { 201: addedGrantSchema } },
    async ({ actor, params: { id }, body }) => ({
      status: 201,
      body: await grant(actor, { type, id }, body),
    }),
  ),
});

/** `…/collaborators/{collaboratorId}` of a collection or a document. */
export const collaboratorRoutes = (type: ResourceType) => ({
  PATCH: route(
    onResource[type].changeGrant,
    { params: collaboratorParams, body: changeGrantSchema, answers: { 200: grantViewSchema } },
    async ({ actor, params: { id, collaboratorId }, body }) => ({
      body: await changeGrant(actor, { type, id }, collaboratorId, body),
    }),
  ),
  DELETE: route(
    onResource[type].revoke,
    { params: collaboratorParams, answers: { 204: null } },
    async ({ actor, params: { id, collaboratorId } }) => {
      await revoke(actor, { type, id }, collaboratorId);
      return { status: 204 };
    },
  ),
});

/** `…/collaborators/{collaboratorId}/resend` of a collection or a document. */
export const resendRoutes = (type: ResourceType) => ({
  POST: route(
    onResource[type].resendLetter,
    { params: collaboratorParams, answers: { 200: resentSchema } },
    async ({ actor, params: { id, collaboratorId } }) => ({
      body: await resendLetter(actor, { type, id }, collaboratorId),
    }),
  ),
});
