import { globSync, readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { openApiDocument } from "#lib/http/openapi.ts";
import { declarations } from "./routes.ts";

const folder = path.resolve(import.meta.dirname, "..");
const exported = globSync("**/route.ts", { cwd: folder })
  .filter((file) => !file.startsWith("openapi.json"))
  .flatMap((file) => {
    const address = `/api/v1/${path.dirname(file)}`.replace(/\[(\w+)\]/g, "{$1}");
    const methods = [
      ...readFileSync(path.join(folder, file), "utf8").matchAll(
        /^export const (GET|POST|PATCH|PUT|DELETE)\b/gm,
      ),
    ];
    return methods.map(([, method]) => `${method} ${address}`);
  });

describe("the API's description", () => {
  const document = openApiDocument(declarations, "http://localhost:3000");

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

  it("says the refusals of each route", () => {
    const confirm = document.paths["/api/v1/documents/{id}/confirm"]!.post as {
      responses: Record<string, unknown>;
    };
    expect(Object.keys(confirm.responses)).toEqual(
      expect.arrayContaining(["200", "401", "403", "404", "409", "413", "422", "429"]),
    );
  });
});
