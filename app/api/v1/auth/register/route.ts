import * as api from "#lib/accounts/api.ts";
import { originOf, register } from "#lib/accounts/index.ts";
import { registeredSchema, registerSchema } from "#lib/accounts/schema.ts";
import { route } from "#lib/http/route.ts";

export const POST = route(
  api.register,
  { body: registerSchema, answers: { 201: registeredSchema } },
  async (call) => ({ status: 201, body: await register(call.body, originOf(call)) }),
);
