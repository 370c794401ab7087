/** What an answer has to hold: objects in part, lists item by item, sets in any order, functions as they judge. */
export type Pattern =
  | string
  | number
  | boolean
  | null
  | Pattern[]
  | Set<string>
  | ((value: unknown) => boolean)
  | { [key: string]: Pattern };

/** Where a value first differs from its pattern; null when nowhere. */
export function mismatch(value: unknown, wanted: Pattern, where = "the answer"): string | null {
  const told = () => `${where} is ${JSON.stringify(value)?.slice(0, 300)}`;
  if (typeof wanted === "function") return wanted(value) ? null : told();
  if (wanted instanceof Set) {
    const isSame =
      Array.isArray(value) && value.length === wanted.size && value.every((one) => wanted.has(one as string));
    return isSame ? null : `${told()} instead of ${JSON.stringify([...wanted])}`;
  }
  if (wanted === null || typeof wanted !== "object")
    return value === wanted ? null : `${told()} instead of ${JSON.stringify(wanted)}`;
  if (value === null || typeof value !== "object") return told();
  if (Array.isArray(wanted) && (value as unknown[]).length !== wanted.length)
    return `${told()}, ${(value as unknown[]).length} instead of ${wanted.length}`;
  for (const [key, part] of Object.entries(wanted)) {
    const found = mismatch((value as Record<string, unknown>)[key], part, `${where}.${key}`);
    if (found) return found;
  }
  return null;
}
