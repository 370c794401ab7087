import { route } from "#lib/http/route.ts";
import { idParams } from "#lib/http/schema.ts";
import {
  accessListSchema,
  explainSchema,
  explanationSchema,
  listAccessSchema,
  simulateOnDocumentSchema,
  simulateSchema,
  simulationSchema,
} from "#lib/sharing/access-schema.ts";
import { onResource, type ResourceType } from "#lib/sharing/api.ts";
import { explain, explainAddress, listAccess, simulateRemoval } from "#lib/sharing/index.ts";

/** `…/access` of a collection or a document. */
export const accessRoutes = (type: ResourceType) => ({
  GET: route(
    onResource[type].listAccess,
    { params: idParams, query: listAccessSchema, answers: { 200: accessListSchema } },
    async ({ actor, params: { id }, query }) => ({ body: await listAccess(actor, { type, id }, query) }),
  ),
});

/** `…/access/explain` of a collection or a document. */
export const explainRoutes = (type: ResourceType) => ({
  GET: route(
    onResource[type].explain,
    { params: idParams, query: explainSchema, answers: { 200: explanationSchema } },
    async ({ actor, params: { id }, query: { email, userId } }) => ({
      body: email
        ? await explainAddress(actor, { type, id }, email)
        : await explain(actor, { type, id }, userId),
    }),
  ),
});

/** `…/access/simulate` of a collection or a document. */
export const simulateRoutes = (type: ResourceType) => ({
  POST: route(
    onResource[type].simulate,
    {
      params: idParams,
      body: type === "document" ? simulateOnDocumentSchema : simulateSchema,
      answers: { 200: simulationSchema },
    },
    async ({ actor, params: { id }, body }) => ({ body: await simulateRemoval(actor, { type, id }, body) }),
  ),
});
