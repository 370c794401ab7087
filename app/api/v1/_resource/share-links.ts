import { route } from "#lib/http/route.ts";
import { idParams } from "#lib/http/schema.ts";
import { linksOn } from "#lib/links/api.ts";
import { createLink, listLinks } from "#lib/links/index.ts";
import { createLinkSchema, linkListSchema, madeLinkSchema } from "#lib/links/schema.ts";

/** `…/share-links` of a collection or a document. */
export const shareLinksRoutes = (type: "collection" | "document") => ({
  GET: route(
    linksOn[type].listLinks,
    { params: idParams, answers: { 200: linkListSchema } },
    async ({ actor, params: { id } }) => ({ body: await listLinks(actor, { type, id }) }),
  ),
  POST: route(
    linksOn[type].createLink,
    { params: idParams, body: createLinkSchema, answers: { 201: madeLinkSchema } },
    async ({ actor, params: { id }, body }) => ({
      status: 201,
      body: await createLink(actor, { type, id }, body),
    }),
  ),
});
