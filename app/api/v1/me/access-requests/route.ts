import * as api from "#lib/access-requests/api.ts";
import { listOwnAccessRequests } from "#lib/access-requests/index.ts";
import { listOwnAccessRequestsSchema, ownAccessRequestListSchema } from "#lib/access-requests/schema.ts";
import { route } from "#lib/http/route.ts";

export const GET = route(
  api.listOwnAccessRequests,
  { query: listOwnAccessRequestsSchema, answers: { 200: ownAccessRequestListSchema } },
  async ({ actor, query }) => ({ body: await listOwnAccessRequests(actor, query) }),
);
