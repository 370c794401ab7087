import { route } from "#lib/http/route.ts";
import { renameWorkspace } from "#lib/workspaces/index.ts";
import { renameWorkspaceSchema, workspaceViewSchema } from "#lib/workspaces/schema.ts";

export const PATCH = route(
  {
    method: "PATCH",
    path: "/api/v1/workspace",
    summary: "Rename the workspace; workspace admins only",
    auth: "user",
    rate: "write",
    body: renameWorkspaceSchema,
    answers: { 200: workspaceViewSchema },
    refusals: ["forbidden"],
  },
  async ({ actor, body }) => ({ body: await renameWorkspace(actor, body) }),
);
