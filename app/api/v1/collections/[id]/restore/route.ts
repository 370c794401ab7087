import { restoreCollection } from "#lib/collections/index.ts";
import { collectionViewSchema } from "#lib/collections/schema.ts";
import { route } from "#lib/http/route.ts";
import { idParams } from "#lib/http/schema.ts";

export const POST = route(
  {
    method: "POST",
    path: "/api/v1/collections/{id}/restore",
    summary: "Bring back from the trash",
    auth: "user",
    rate: "write",
    params: idParams,
    answers: { 200: collectionViewSchema },
    refusals: ["forbidden"],
  },
  async ({ actor, params }) => ({ body: await restoreCollection(actor, params.id) }),
);
