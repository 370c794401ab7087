import { route } from "#lib/http/route.ts";
import * as api from "#lib/links/api.ts";
import { listWorkspaceLinks } from "#lib/links/index.ts";
import { listWorkspaceLinksSchema, workspaceLinkListSchema } from "#lib/links/schema.ts";

export const GET = route(
  api.listWorkspaceLinks,
  { query: listWorkspaceLinksSchema, answers: { 200: workspaceLinkListSchema } },
  async ({ actor, query }) => ({ body: await listWorkspaceLinks(actor, query) }),
);
