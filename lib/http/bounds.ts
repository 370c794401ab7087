import { type z } from "zod";
import { isStorable } from "./text.ts";

/** What an input may hold at most, as its schema says. */
export type Bounds =
  | { kind: "text"; mostCharacters: number }
  | { kind: "list"; mostItems: number; item: Bounds }
  | { kind: "fields"; fields: [name: string, bounds: Bounds][] }
  | { kind: "each"; bounds: Bounds[] }
  | { kind: "small" };

export interface Fault {
  path: string;
  message: "too_big" | "characters";
}

/** Formats of one length, which need no bound beside. */
const formatLengths: Record<string, number> = { uuid: 36 };
const small: Bounds = { kind: "small" };

/**
 * The bounds in a schema of input. Throws where a text or a list has none, or where something is done with a text before
 * its length is looked at: patterns and normalisation can take seconds over a body that is small enough to be read.
 */
export function boundsOf(schema: z.core.$ZodType, path = "input"): Bounds {
  const { def } = (schema as z.core.$ZodTypes)._zod;
  switch (def.type) {
    case "string": {
      const format = (def as { format?: string }).format;
      const mostCharacters = firstMaximum(def.checks) ?? (format && formatLengths[format]);
      if (!mostCharacters) throw unbounded(path, "text");
      return { kind: "text", mostCharacters };
    }
    case "array": {
      const mostItems = firstMaximum(def.checks);
      if (mostItems === undefined) throw unbounded(path, "list");
      return { kind: "list", mostItems, item: boundsOf(def.element, `${path}[]`) };
    }
    case "object":
      if (def.catchall && (def.catchall as z.core.$ZodTypes)._zod.def.type !== "never")
        throw unbounded(path, "catchall");
      return {
        kind: "fields",
        fields: Object.entries(def.shape).map(([name, field]) => [name, boundsOf(field, `${path}.${name}`)]),
      };
    case "union":
      return { kind: "each", bounds: def.options.map((option) => boundsOf(option, path)) };
    case "optional":
    case "nullable":
    case "default":
    case "prefault":
    case "nonoptional":
    case "readonly":
      return boundsOf(def.innerType, path);
    case "pipe":
      return boundsOf(def.in, path);
    case "number":
    case "boolean":
    case "null":
    case "enum":
    case "literal":
      return small;
    default:
      throw unbounded(path, def.type);
  }
}

const unbounded = (path: string, what: string) => new Error(`${path}: a ${what} without a bound`);

/** A maximum that stands before everything else but a minimum. */
function firstMaximum(checks: readonly z.core.$ZodCheck[] | undefined): number | undefined {
  for (const { _zod } of checks ?? []) {
    const def = _zod.def as { check: string; maximum?: number };
    if (def.check === "max_length") return def.maximum;
    if (def.check !== "min_length") return undefined;
  }
  return undefined;
}

/** Faults of one refusal at most: what a body can hold hundreds of need not be told hundreds of times. */
const MOST_FAULTS = 50;

/**
 * What of an input no schema should look at: texts and lists beyond their bounds, and texts that PostgreSQL can't hold.
 * Looks at nothing that the schema does not name, so its work is bounded by the schema and not by the input.
 */
export function faultsIn(bounds: Bounds, input: unknown): Fault[] {
  const faults = new Map<string, Fault>();
  visit(bounds, input, "");
  return [...faults.values()];

  function visit(within: Bounds, value: unknown, path: string): void {
    if (faults.size === MOST_FAULTS) return;
    if (within.kind === "text" && typeof value === "string") {
      if (value.length > within.mostCharacters) faults.set(path, { path, message: "too_big" });
      else if (!isStorable(value)) faults.set(path, { path, message: "characters" });
    } else if (within.kind === "list" && Array.isArray(value)) {
      if (value.length > within.mostItems) faults.set(path, { path, message: "too_big" });
      else value.forEach((item, index) => visit(within.item, item, below(path, index)));
    } else if (within.kind === "fields" && typeof value === "object" && value !== null) {
      for (const [name, field] of within.fields)
        if (Object.hasOwn(value, name))
          visit(field, (value as Record<string, unknown>)[name], below(path, name));
    } else if (within.kind === "each") {
      for (const option of within.bounds) visit(option, value, path);
    }
  }
}

const below = (path: string, step: string | number) => (path ? `${path}.${step}` : String(step));

/** The most bytes of JSON that a body needs: its texts at a byte a character, and no white space. */
export function bytesOf(bounds: Bounds): number {
  switch (bounds.kind) {
    case "text":
      return bounds.mostCharacters + 2;
    case "list":
      return bounds.mostItems * (bytesOf(bounds.item) + 1) + 2;
    case "fields":
      return bounds.fields.reduce((sum, [name, field]) => sum + name.length + 4 + bytesOf(field), 2);
    case "each":
      return Math.max(...bounds.bounds.map(bytesOf));
    case "small":
      return 50;
  }
}
