import { env } from "#lib/env/index.ts";
import { openApiDocument } from "#lib/http/openapi.ts";
import { declarations } from "./handlers.ts";

/** The API's description, generated from what the routes declare and enforce. */
export const GET = () =>
  Response.json(openApiDocument(declarations, env.APP_URL), {
    headers: { "cache-control": "public, max-age=300" },
  });
