import { globSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { boundsOf, bytesOf } from "#lib/http/bounds.ts";
import { openApiDocument } from "#lib/http/openapi.ts";
import { mostBodyBytesOf } from "#lib/http/route.ts";
import { declarations } from "./handlers.ts";
import * as modules from "./routes.ts";

const folder = path.resolve(import.meta.dirname, "..");
const files = globSync("**/route.ts", { cwd: folder })
  .filter((file) => !file.startsWith("openapi.json"))
  .toSorted();
const nameOf = (file: string) =>
  path.dirname(file).replace(/\W+(\w)?/g, (_, next: string | undefined) => (next ?? "").toUpperCase());

/** Where each handler is, as Next finds it. */
const exported = Object.entries(modules).flatMap(([name, module]) => {
  const file = files.find((candidate) => nameOf(candidate) === name)!;
  const address = `/api/v1/${path.dirname(file)}`.replace(/\[(\w+)\]/g, "{$1}");
  return Object.keys(module).map((method) => `${method} ${address}`);
});

interface JsonSchema {
  type?: string;
  format?: string;
  enum?: unknown[];
  const?: unknown;
  maxLength?: number;
  maxItems?: number;
  items?: JsonSchema;
  properties?: Record<string, JsonSchema>;
  anyOf?: JsonSchema[];
}
interface DescribedOperation {
  parameters: { name: string; schema: JsonSchema }[];
  requestBody?: { content: { "application/json": { schema: JsonSchema } } };
}

/** The places in a schema where a text or a list may be of any length. */
function unboundedIn(schema: JsonSchema | undefined, place: string): string[] {
  if (!schema) return [];
  if (schema.anyOf) return schema.anyOf.flatMap((option) => unboundedIn(option, place));
  if (schema.enum || schema.const !== undefined) return [];
  switch (schema.type) {
    case "string":
      return schema.maxLength === undefined && schema.format !== "uuid" ? [place] : [];
    case "array":
      return [
        ...(schema.maxItems === undefined ? [place] : []),
        ...unboundedIn(schema.items ?? {}, `${place}[]`),
      ];
    case "object":
      return Object.entries(schema.properties ?? {}).flatMap(([name, field]) =>
        unboundedIn(field, `${place}.${name}`),
      );
    case "integer":
    case "number":
    case "boolean":
    case "null":
      return [];
    default:
      return [place];
  }
}

describe("the API's description", () => {
  const document = openApiDocument(declarations, "http://localhost:3000");

  /** Written by this test (`npm run api:routes`), never by hand. */
  it("knows every file with routes", async () => {
    const list = files.map((file) => `export * as ${nameOf(file)} from "../${file}";\n`).join("");
    await expect(list).toMatchFileSnapshot("./routes.ts");
  });

  it("has every route that exists, at the address where it exists, and no other", () => {
    expect(exported.length).toBeGreaterThan(10);
    const described = Object.entries(document.paths).flatMap(([address, operations]) =>
      Object.keys(operations).map((method) => `${method.toUpperCase()} ${address}`),
    );
    expect(described.toSorted()).toEqual(exported.toSorted());
    expect(declarations.length).toBe(exported.length);
  });

  it("names path parameters as the routes do", () => {
    for (const { path: address, params } of declarations) {
      const named = [...address.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
      expect(Object.keys((params as { shape?: object } | undefined)?.shape ?? {}).toSorted()).toEqual(
        named.toSorted(),
      );
    }
  });

  it("bounds every text and every list that comes in", () => {
    const unbounded = Object.entries(document.paths).flatMap(([address, operations]) =>
      Object.entries(operations).flatMap(([method, operation]) => {
        const { parameters, requestBody } = operation as DescribedOperation;
        return [
          ...parameters.flatMap(({ name, schema }) => unboundedIn(schema, name)),
          ...unboundedIn(requestBody?.content["application/json"].schema, "body"),
        ].map((place) => `${method.toUpperCase()} ${address} ${place}`);
      }),
    );
    expect(unbounded).toEqual([]);
    // the check sees what it is for
    expect(unboundedIn({ type: "object", properties: { a: { type: "string" } } }, "body")).toEqual([
      "body.a",
    ]);
    expect(unboundedIn({ anyOf: [{ type: "array", items: {} }] }, "body")).toEqual(["body", "body[]"]);
  });

  it("lets in the largest body that a schema takes, and none much larger than most", () => {
    for (const declaration of declarations) {
      if (!declaration.body) continue;
      const most = mostBodyBytesOf(declaration);
      expect(most, declaration.path).toBeGreaterThanOrEqual(bytesOf(boundsOf(declaration.body)));
      expect(most, declaration.path).toBeLessThanOrEqual(262_144);
    }
  });

  it("names the session's cookie as browsers get it, by http and by https", () => {
    const cookieOf = (url: string) =>
      openApiDocument(declarations, url).components.securitySchemes.session.name;
    expect(cookieOf("http://localhost:3000")).toBe("next-auth.session-token");
    expect(cookieOf("https://sheaf.example")).toBe("__Secure-next-auth.session-token");
  });

  it("says the refusals of each route", () => {
    const confirm = document.paths["/api/v1/documents/{id}/confirm"]!.post as {
      responses: Record<string, unknown>;
    };
    expect(Object.keys(confirm.responses)).toEqual(
      expect.arrayContaining(["200", "401", "403", "404", "409", "413", "422", "429"]),
    );
  });
});
