/** The page that the address names (`#page=12`), or null. */
export function pageOfHash(): number | null {
  const page = Number(/^#page=(\d{1,6})$/.exec(location.hash)?.[1]);
  return page > 0 ? page : null;
}

/** Keeps the address at the page being read, without a step in the history. */
export function showPageInHash(page: number): void {
  const hash = page > 1 ? `#page=${page}` : "";
  if (location.hash === hash) return;
  history.replaceState(history.state, "", location.pathname + location.search + hash);
}
