import * as api from "#lib/collections/api.ts";
import { restoreCollection } from "#lib/collections/index.ts";
import { collectionViewSchema } from "#lib/collections/schema.ts";
import { route } from "#lib/http/route.ts";
import { idParams } from "#lib/http/schema.ts";

export const POST = route(
  api.restoreCollection,
  { params: idParams, answers: { 200: collectionViewSchema } },
  async ({ actor, params }) => ({ body: await restoreCollection(actor, params.id) }),
);
