import { route } from "#lib/http/route.ts";
import * as api from "#lib/workspaces/api.ts";
import { renameWorkspace } from "#lib/workspaces/index.ts";
import { renameWorkspaceSchema, workspaceViewSchema } from "#lib/workspaces/schema.ts";

export const PATCH = route(
  api.renameWorkspace,
  { body: renameWorkspaceSchema, answers: { 200: workspaceViewSchema } },
  async ({ actor, body }) => ({ body: await renameWorkspace(actor, body) }),
);
