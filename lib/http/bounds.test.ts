import { describe, expect, it } from "vitest";
import { z } from "zod";
import { boundsOf, bytesOf, faultsIn } from "./bounds.ts";
import { idSchema, momentSchema, nameSchema, textSchema } from "./schema.ts";

describe("a schema of input", () => {
  it.each([
    ["a text", z.object({ name: z.string() })],
    ["a text with a least length only", z.object({ name: z.string().min(1) })],
    ["a text that is trimmed first", z.object({ name: z.string().trim().max(10) })],
    ["a text that is matched first", z.object({ name: z.string().regex(/a/).max(10) })],
    ["a text that is looked at first", z.object({ name: z.string().refine(Boolean).max(10) })],
    ["an address", z.object({ name: z.email() })],
    ["a list", z.object({ name: z.array(idSchema) })],
    ["a list's texts", z.object({ name: z.array(z.string()).max(2) })],
    ["one of several", z.object({ name: z.union([textSchema(1), z.array(z.int())]) })],
    ["what is left out or null", z.object({ name: z.string().nullish() })],
    ["what becomes something else", z.object({ name: z.string().transform(Number) })],
    ["a record", z.object({ name: z.record(z.string().max(1), z.int()) })],
    ["anything", z.object({ name: z.unknown() })],
    ["further fields", z.looseObject({ name: z.int() })],
  ])("is refused without a bound on %s", (_, schema) => {
    expect(() => boundsOf(schema)).toThrow(/^input(\.name)?(\[\])?: a \w+ without a bound$/);
  });

  it("gives the bound that is looked at first", () => {
    expect(
      boundsOf(
        z
          .object({
            id: idSchema,
            at: momentSchema.nullish(),
            name: nameSchema(5),
            tags: z.array(textSchema(3)).max(2).default([]),
            on: z
              .enum(["true"])
              .default("true")
              .transform((text) => text === "true"),
          })
          .refine(() => true),
      ),
    ).toEqual({
      kind: "fields",
      fields: [
        ["id", { kind: "text", mostCharacters: 36 }],
        ["at", { kind: "text", mostCharacters: 40 }],
        ["name", { kind: "text", mostCharacters: 20 }],
        ["tags", { kind: "list", mostItems: 2, item: { kind: "text", mostCharacters: 3 } }],
        ["on", { kind: "small" }],
      ],
    });
  });
});

describe("an input", () => {
  const bounds = boundsOf(
    z.object({
      name: textSchema(5),
      list: z.array(z.object({ deep: textSchema(5) })).max(100),
      either: z.union([z.object({ a: textSchema(1) }), z.object({ b: textSchema(1) })]).optional(),
    }),
  );

  it("is named where it is beyond its bounds, or can't be stored", () => {
    expect(faultsIn(bounds, { name: "12345", list: [{ deep: "" }], other: "x".repeat(99) })).toEqual([]);
    expect(faultsIn(bounds, { name: "123456", list: [{ deep: "a\0" }, { deep: "\ud800" }] })).toEqual([
      { path: "name", message: "too_big" },
      { path: "list.0.deep", message: "characters" },
      { path: "list.1.deep", message: "characters" },
    ]);
    expect(faultsIn(bounds, { list: Array(101) })).toEqual([{ path: "list", message: "too_big" }]);
    expect(faultsIn(bounds, { either: { a: "12", b: "12" } })).toEqual([
      { path: "either.a", message: "too_big" },
      { path: "either.b", message: "too_big" },
    ]);
    expect(faultsIn(boundsOf(textSchema(1)), "12")).toEqual([{ path: "", message: "too_big" }]);
  });

  it("of other types is left to the schema", () => {
    for (const input of [null, undefined, 3, "x".repeat(99), [], { name: ["x".repeat(99)], list: { 0: {} } }])
      expect(faultsIn(bounds, input)).toEqual([]);
  });

  it("is told fifty faults at most", () => {
    expect(faultsIn(bounds, { list: Array.from({ length: 100 }, () => ({ deep: "\0" })) })).toHaveLength(50);
  });

  it("needs so many bytes at most", () => {
    const largest = { a: "x".repeat(10), b: ["yyy", "yyy"] };
    const schema = z.object({ a: textSchema(10), b: z.array(textSchema(3)).max(2) });
    expect(bytesOf(boundsOf(schema))).toBeGreaterThanOrEqual(JSON.stringify(largest).length);
    expect(bytesOf(boundsOf(schema))).toBeLessThan(60);
  });
});
