import type { QueryClient } from "@tanstack/react-query";

/**
 * Has everything of some kinds asked for again. What is about things that are gone for the reader is only marked as old:
 * the page that shows them is just being left, and would be refused.
 */
export function invalidateKinds(
  client: QueryClient,
  kinds: readonly string[],
  gone: readonly string[] = [],
): void {
  const ids = new Set<unknown>(gone);
  for (const kind of kinds)
    for (const isGone of [false, true])
      void client.invalidateQueries({
        queryKey: [kind],
        predicate: ({ queryKey }) => queryKey.some((part) => ids.has(part)) === isGone,
        refetchType: isGone ? "none" : "active",
      });
}
