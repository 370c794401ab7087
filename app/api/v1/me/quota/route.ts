import { route } from "#lib/http/route.ts";
import { getQuota } from "#lib/quota/index.ts";
import { quotaViewSchema } from "#lib/quota/schema.ts";

export const GET = route(
  {
    method: "GET",
    path: "/api/v1/me/quota",
    summary: "Limits and use",
    auth: "user",
    rate: "poll",
    answers: { 200: quotaViewSchema },
  },
  async ({ actor }) => ({ body: await getQuota(actor) }),
);
