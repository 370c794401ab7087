import { closeAccount, getClosing } from "#lib/accounts/index.ts";
import { closeAccountSchema, closingSchema } from "#lib/accounts/schema.ts";
import { route } from "#lib/http/route.ts";

export const GET = route(
  {
    method: "GET",
    path: "/api/v1/me/closing",
    summary: "What closing the account would delete, and what stands in its way",
    auth: "user",
    rate: "read",
    answers: { 200: closingSchema },
  },
  async ({ actor }) => ({ body: await getClosing(actor) }),
);

export const POST = route(
  {
    method: "POST",
    path: "/api/v1/me/closing",
    summary: "Close the account for good, with everything the person owns",
    auth: "user",
    rate: "write",
    body: closeAccountSchema,
    answers: { 204: null },
    refusals: ["forbidden", "conflict"],
  },
  async ({ actor, body }) => {
    await closeAccount(actor, body);
    return { status: 204 };
  },
);
