/*
 * The part of Inngest's expression language (CEL) that is supported:
 * a path such as `event.data.id`, and one comparison of a path with a path or a literal.
 */
const PATH = /^(?:event|async)(?:\.\w+)+$/;
const COMPARISON = /^((?:event|async)(?:\.\w+)+) == (.+)$/;
const LITERAL = /^(?:'([^'\\]*)'|"([^"\\]*)"|(-?\d+(?:\.\d+)?)|(true|false))$/;

type Scope = Partial<Record<"event" | "async", unknown>>;

export function isPath(text: string): boolean {
  return PATH.test(text);
}

export function isComparison(text: string): boolean {
  const right = COMPARISON.exec(text)?.[2];
  return right !== undefined && (PATH.test(right) || LITERAL.test(right));
}

/** The value at a path such as `event.data.id`; undefined where any part is missing. */
export function valueAt(scope: Scope, path: string): unknown {
  return path.split(".").reduce<unknown>((value, name) => {
    return typeof value === "object" && value !== null && Object.hasOwn(value, name)
      ? (value as Record<string, unknown>)[name]
      : undefined;
  }, scope);
}

/**
 * Whether a comparison holds. Without a comparison it does. Missing values equal nothing, not even each other: an event
 * without the field must not cancel every run.
 * @throws Error for an expression that `isComparison` refuses.
 */
export function holds(comparison: string | undefined | null, scope: Scope): boolean {
  if (!comparison) return true;
  const [, left, right] = COMPARISON.exec(comparison) ?? [];
  if (left === undefined || right === undefined || !isComparison(comparison)) {
    throw new Error(`The expression ${comparison} is not supported.`);
  }
  const value = valueAt(scope, left);
  const other = PATH.test(right) ? valueAt(scope, right) : literal(right);
  return value !== undefined && value !== null && value === other;
}

function literal(text: string): string | number | boolean {
  const [, single, double, number, truth] = LITERAL.exec(text) ?? [];
  if (number !== undefined) return Number(number);
  return truth === undefined ? (single ?? double ?? "") : truth === "true";
}
