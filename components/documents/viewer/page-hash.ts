const inHash = () => new URLSearchParams(location.hash.slice(1));

/** The page that the address names (`#page=12`), or null. */
export function pageOfHash(): number | null {
  const page = Number(/^\d{1,6}$/.exec(inHash().get("page") ?? "")?.[0]);
  return page > 0 ? page : null;
}

/** The words that the address says to look for (`#page=12&search=words`), as results of searches do; or null. */
export const searchOfHash = (): string | null => inHash().get("search")?.slice(0, 200) || null;

/** Keeps the address at the page being read, without a step in the history. */
export function showPageInHash(page: number): void {
  const hash = page > 1 ? `#page=${page}` : "";
  if (location.hash === hash) return;
  history.replaceState(history.state, "", location.pathname + location.search + hash);
}
