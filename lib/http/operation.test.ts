import type { z } from "zod";
import { describe, expect, it } from "vitest";
import { isProblem } from "#lib/errors/schema.ts";
import { problemSchema } from "./openapi.ts";
import { addressOf, operation } from "./operation.ts";

type Params = z.ZodType<{ id: string; childId: string }, { id: string; childId: string }>;
type Query = z.ZodType<object, { q?: string; cursor?: string; most?: number }>;
const getChild = operation<{ params: Params; query: Query; answers: { 204: null } }>()({
  method: "GET",
  path: "/api/v1/things/{id}/children/{childId}",
  summary: "One child",
  auth: "user",
  rate: "read",
});

describe("the address of a call", () => {
  it("has each parameter in its place, as a part of a path", () => {
    expect(addressOf(getChild, { params: { id: "a/b", childId: "?c" } })).toBe(
      "/api/v1/things/a%2Fb/children/%3Fc",
    );
  });

  it("has what is asked for, and nothing empty", () => {
    const asked = { q: "a&b", cursor: null, most: 5 };
    expect(addressOf(getChild, { params: { id: "1", childId: "2" }, query: asked })).toBe(
      "/api/v1/things/1/children/2?q=a%26b&most=5",
    );
    expect(
      addressOf(getChild, { params: { id: "1", childId: "2" }, query: { q: "", cursor: undefined } }),
    ).toBe("/api/v1/things/1/children/2");
  });
});

describe("telling a problem from another answer", () => {
  const problem = {
    ...{
      type: "about:blank#conflict",
      title: "No",
      status: 409,
      code: "conflict",
      detail: "",
      requestId: "1",
    },
    ...{ errors: [{ path: "name", message: "taken" }], usedBytes: 5 },
  };
  const others: unknown[] = [
    null,
    "text",
    [],
    {},
    { ...problem, code: "else" },
    { ...problem, code: "toString" },
    { ...problem, status: "409" },
    { ...problem, status: 4.5 },
    { ...problem, title: undefined },
    { ...problem, errors: {} },
    { ...problem, errors: [{ path: "name" }] },
    { ...problem, errors: [null] },
  ];

  it("agrees with the published schema", () => {
    for (const value of [problem, { ...problem, errors: undefined }, ...others])
      expect(isProblem(value), JSON.stringify(value)).toBe(problemSchema.safeParse(value).success);
    expect(isProblem(problem)).toBe(true);
  });
});
