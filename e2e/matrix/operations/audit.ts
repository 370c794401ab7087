import type { Domain } from "../domain.ts";
import { adminsOnly } from "../others.ts";
import { disposes, ifAllowed, manages, type Operation, type Rule } from "../verdicts.ts";

/** Of a collection in the trash the log is there for those who could bring it back. */
const inTrash: Rule = ifAllowed(disposes);

const ofCollection = (route: string, query = ""): Operation => ({
  ...{ isBroad: true, route, as: "of a collection", of: "collection", may: manages, trashed: inTrash },
  names: "manage_permissions",
  parts: ({ id }) => ({ query: `?collectionId=${id}${query}` }),
});
const ofWorkspace = (route: string, query: string) => ({
  ...{ route, as: "of the workspace", ...adminsOnly() },
  parts: () => ({ query: `?workspace${query}` }),
});

export const audit: Domain = {
  scopes: { admin: "GET /audit  GET /audit/export  GET /audit/seal  PATCH /audit/seal" },
  resources: [ofCollection("GET /api/v1/audit"), ofCollection("GET /api/v1/audit/export", "&format=csv")],
  others: [
    ofWorkspace("GET /api/v1/audit", ""),
    ofWorkspace("GET /api/v1/audit/export", "&format=jsonl"),
    { route: "GET /api/v1/audit/seal", ...adminsOnly() },
    {
      ...{ route: "PATCH /api/v1/audit/seal", ...adminsOnly() },
      parts: () => ({ body: { isMailed: true } }),
      tells: () => ({ isMailed: true }),
    },
  ],
};
