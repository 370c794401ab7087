import { requestsFor } from "#lib/access-requests/api.ts";
import { askAccess, listAccessRequests } from "#lib/access-requests/index.ts";
import {
  accessRequestListSchema,
  askAccessSchema,
  listAccessRequestsSchema,
  ownAccessRequestSchema,
} from "#lib/access-requests/schema.ts";
import { route } from "#lib/http/route.ts";
import { idParams } from "#lib/http/schema.ts";
import { type ResourceType } from "#lib/sharing/api.ts";

/** `…/access-requests` of a collection or a document. */
export const accessRequestsRoutes = (type: ResourceType) => ({
  GET: route(
    requestsFor[type].listAccessRequests,
    { params: idParams, query: listAccessRequestsSchema, answers: { 200: accessRequestListSchema } },
    async ({ actor, params: { id }, query }) => ({
      body: await listAccessRequests(actor, { type, id }, query),
    }),
  ),
  POST: route(
    requestsFor[type].askAccess,
    { params: idParams, body: askAccessSchema, answers: { 201: ownAccessRequestSchema } },
    async ({ actor, params: { id }, body }) => ({
      status: 201,
      body: await askAccess(actor, { type, id }, body),
    }),
  ),
});
