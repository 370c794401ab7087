/** Whether PostgreSQL can hold a text: not with a NUL in it, nor with half of a surrogate pair. */
export const isStorable = (text: string): boolean => !text.includes("\0") && text.isWellFormed();

/** Field errors of one refusal at most: what a body can hold thousands of need not be told thousands of times. */
const MOST_TOLD = 50;

/** The paths of texts in `input` that can't be stored. */
export function unstorableIn(input: unknown): string[] {
  const found: string[] = [];
  // no recursion: JSON may be nested deeper than the stack
  const open: { path: string; value: unknown }[] = [{ path: "", value: input }];
  for (const { path, value } of open) {
    if (typeof value === "string" && !isStorable(value)) found.push(path);
    if (found.length === MOST_TOLD) break;
    if (typeof value === "object" && value !== null)
      for (const [key, item] of Object.entries(value))
        open.push({ path: path ? `${path}.${key}` : key, value: item });
  }
  return found;
}
