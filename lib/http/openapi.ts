import { z } from "zod";
import { sessionCookieName } from "#lib/auth/index.ts";
import { type ErrorCode, errorStatus, type Problem } from "#lib/errors/schema.ts";
import { mostBodyBytesOf, type RouteDeclaration, scopeOf } from "./route.ts";

export const problemSchema = z
  .object({
    type: z.string(),
    title: z.string(),
    status: z.int(),
    code: z.enum(Object.keys(errorStatus) as [ErrorCode, ...ErrorCode[]]),
    detail: z.string(),
    requestId: z.string(),
    errors: z.array(z.object({ path: z.string(), message: z.string() })).optional(),
  })
  .loose() satisfies z.ZodType<Problem>;

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
  const scope = scopeOf(declaration);
  const codes = new Set([
    ...(declaration.auth !== "optional" ? (["unauthenticated"] as const) : []),
    // a token that may less
    ...(scope === "read" ? [] : (["forbidden"] as const)),
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
    security: [
      ...(declaration.auth === "user" ? [] : [{}]),
      ...(scope === "session" ? [] : [{ token: [scope] }]),
      { session: [] },
    ],
    "x-rate-class": declaration.rate,
    parameters: [...parameters("path", declaration.params), ...parameters("query", declaration.query)],
    ...(declaration.body && {
      requestBody: { required: true, content: json(declaration.body, "input") },
      "x-most-body-bytes": mostBodyBytesOf(declaration),
    }),
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
        token: {
          type: "http",
          scheme: "bearer",
          description:
            "A personal access token; the scope that an operation names, or one after it: read, write, admin",
        },
        session: { type: "apiKey", in: "cookie", name: sessionCookieName(serverUrl) },
      },
    },
  };
}
