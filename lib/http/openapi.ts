import { z } from "zod";
import { problemSchema } from "#lib/errors/schema.ts";
import { errorStatus } from "#lib/errors/schema.ts";
import { type RouteDeclaration } from "./route.ts";

const json = (schema: z.ZodType, io: "input" | "output") => ({
  "application/json": {
    schema: z.toJSONSchema(schema, { io, unrepresentable: "any" }),
  },
});
const problem = (description: string) => ({
  description,
  content: { "application/problem+json": { schema: { $ref: "#/components/schemas/Problem" } } },
});

function parameters(place: "path" | "query", schema: z.ZodType | undefined) {
  if (!schema) return [];
  const shape = z.toJSONSchema(schema, { io: "input", unrepresentable: "any" }) as {
    properties?: Record<string, unknown>;
    required?: string[];
  };
  return Object.entries(shape.properties ?? {}).map(([name, property]) => ({
    name,
    in: place,
    required: place === "path" || (shape.required ?? []).includes(name),
    schema: property,
  }));
}

function operation(declaration: RouteDeclaration) {
  const codes = new Set([
    ...(declaration.auth === "user" ? (["unauthenticated"] as const) : []),
    ...(declaration.params || declaration.query || declaration.body ? (["invalid_input"] as const) : []),
    "rate_limited" as const,
    "internal" as const,
    ...(declaration.refusals ?? []),
  ]);
  const refusals: Record<string, ReturnType<typeof problem>> = {};
  for (const code of codes) {
    const statuses = code === "quota_exceeded" ? [403, 413] : [errorStatus[code]];
    for (const status of statuses)
      refusals[status] = problem(refusals[status] ? `${refusals[status].description}, ${code}` : code);
  }
  return {
    summary: declaration.summary,
    security:
      declaration.auth === "user" ? [{ token: [] }, { session: [] }] : [{}, { token: [] }, { session: [] }],
    "x-rate-class": declaration.rate,
    parameters: [...parameters("path", declaration.params), ...parameters("query", declaration.query)],
    ...(declaration.body && { requestBody: { required: true, content: json(declaration.body, "input") } }),
    responses: {
      ...Object.fromEntries(
        Object.entries(declaration.answers).map(([status, schema]) => [
          status,
          {
            description: Number(status) === 302 ? "Redirect to a presigned address" : "Success",
            ...(schema && { content: json(schema, "output") }),
          },
        ]),
      ),
      ...refusals,
    },
  };
}

/** The OpenAPI 3.1 document of the given routes. */
export function openApiDocument(declarations: RouteDeclaration[], serverUrl: string) {
  const paths: Record<string, Record<string, unknown>> = {};
  for (const declaration of declarations) {
    (paths[declaration.path] ??= {})[declaration.method.toLowerCase()] = operation(declaration);
  }
  return {
    openapi: "3.1.0",
    info: {
      title: "Sheaf",
      version: "1",
      description: "Collect documents, share them safely, read them anywhere.",
      license: { name: "MIT" },
    },
    servers: [{ url: serverUrl }],
    paths,
    components: {
      schemas: { Problem: z.toJSONSchema(problemSchema) },
      securitySchemes: {
        token: { type: "http", scheme: "bearer", description: "A personal access token" },
        session: { type: "apiKey", in: "cookie", name: "next-auth.session-token" },
      },
    },
  };
}
