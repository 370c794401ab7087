import { originOf, register } from "#lib/accounts/index.ts";
import { registeredSchema, registerSchema } from "#lib/accounts/schema.ts";
import { route } from "#lib/http/route.ts";

export const POST = route(
  {
    method: "POST",
    path: "/api/v1/auth/register",
    summary: "Create an account; an address that has one is answered alike",
    auth: "optional",
    rate: "register",
    body: registerSchema,
    answers: { 201: registeredSchema },
    refusals: ["forbidden"],
  },
  async (call) => ({ status: 201, body: await register(call.body, originOf(call)) }),
);
