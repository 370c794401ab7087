import type { Domain } from "../domain.ts";
import type { OtherOperation } from "../others.ts";
import { type Persona, personas } from "../rules.ts";
import type { World } from "../world/world.ts";

const SYSTEM_ADMINS_ONLY = "Only administrators of this installation can do this. Ask whoever runs it.";
const runsTheInstance: Pick<OtherOperation, "answers" | "says"> = {
  answers: (who) => {
    const { is }: Persona = personas[who];
    return is === "system admin" ? 200 : 403;
  },
  says: SYSTEM_ADMINS_ONLY,
};

export const quota: Domain = {
  scopes: {
    admin:
      "GET /admin/quotas  GET /admin/quotas/export  GET /admin/quotas/summary  GET /admin/quotas/history  PATCH /admin/users/{id}/quota",
  },
  others: [
    { route: "GET /api/v1/admin/quotas", ...runsTheInstance },
    { route: "GET /api/v1/admin/quotas/export", ...runsTheInstance },
    { route: "GET /api/v1/admin/quotas/summary", ...runsTheInstance },
    { route: "GET /api/v1/admin/quotas/history", ...runsTheInstance },
    {
      ...{ route: "PATCH /api/v1/admin/users/{id}/quota", ...runsTheInstance },
      about: ({ ids }: World) => ids.outsider,
      parts: () => ({ body: { overrides: { collections: 50 }, reason: "matrix" } }),
    },
  ],
};
