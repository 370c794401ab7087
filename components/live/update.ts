import type { QueryClient } from "@tanstack/react-query";
import type { LiveEvent } from "#lib/realtime/values.ts";
import { concerns, textIn } from "./concern.ts";
import type { Followed } from "./follow.ts";

/** What comes together is asked for together; what goes on coming, now and then. */
const TOGETHER_MS = 30;
const AGAIN_MS = 400;
/** A change of the reader's own that is under way may not be overtaken by what was there before it; not for ever. */
const LONGEST_CHANGE_MS = 3_000;
/** After it, the page may lead on to another, away from what is not there any more. */
const SETTLING_MS = 1_000;
/** A page that was being loaded while something changed is looked at again for so long. */
const LOADING_MS = 5_000;

type Due = { events: LiveEvent[]; isAll: boolean };

/**
 * Brings what is shown up to date with what changed: asks again for what is on the screen, and marks the rest as old.
 * `refresh` has the server draw the page's frame anew, where something shows that no query holds.
 */
export function updater(client: QueryClient, refresh: () => void): Followed & { stop: () => void } {
  let due: Due = { events: [], isAll: false };
  let timer: ReturnType<typeof setTimeout> | undefined;
  let lastAt = -Infinity;
  let waitingSince: number | null = null;
  let settledAt = -Infinity;
  const recent: { at: number; event: LiveEvent }[] = [];

  function schedule(): void {
    // what nobody looks at waits until somebody does
    if (timer !== undefined || document.visibilityState === "hidden") return;
    timer = setTimeout(run, Math.max(TOGETHER_MS, lastAt + AGAIN_MS - performance.now()));
  }

  function run(): void {
    timer = undefined;
    if (!due.isAll && due.events.length === 0) return;
    const now = performance.now();
    waitingSince ??= now;
    const isChanging = client.isMutating() > 0 || now - settledAt < SETTLING_MS;
    if (isChanging && now - waitingSince < LONGEST_CHANGE_MS) return void (timer = setTimeout(run, 50));
    waitingSince = null;
    lastAt = now;
    const { events, isAll } = due;
    due = { events: [], isAll: false };
    void update(events, isAll);
  }

  async function update(events: readonly LiveEvent[], isAll: boolean): Promise<void> {
    const shownBefore = headings(client);
    await client.invalidateQueries({
      predicate: (query) => isAll || events.some((event) => concerns(event, query)),
    });
    const isFramed =
      isAll || events.some(({ name }) => name === "person/changed" || name === "workspace/changed");
    if (isFramed || headings(client) !== shownBefore) refresh();
  }

  const onShown = () => schedule();
  document.addEventListener("visibilitychange", onShown);

  /** What was asked for before something changed, and came after it, shows what was there before. */
  const unsubscribe = client.getQueryCache().subscribe(({ type, query }) => {
    if (type !== "added" && type !== "observerAdded") return;
    const from = performance.now() - LOADING_MS;
    while (recent[0] && recent[0].at < from) recent.shift();
    if (recent.some(({ event }) => concerns(event, query)))
      queueMicrotask(() => void client.invalidateQueries({ queryKey: query.queryKey, exact: true }));
  });

  const unsubscribeChanges = client.getMutationCache().subscribe(({ type, mutation }) => {
    if (type === "updated" && mutation.state.status !== "pending") settledAt = performance.now();
  });

  return {
    onEvents(events) {
      const at = performance.now();
      for (const event of events) recent.push({ at, event });
      due.events.push(...events);
      schedule();
    },
    onGap() {
      due.isAll = true;
      schedule();
    },
    onSignedOut() {
      // the next answer leads to the sign-in page
      void client.invalidateQueries();
    },
    stop() {
      clearTimeout(timer);
      document.removeEventListener("visibilitychange", onShown);
      unsubscribe();
      unsubscribeChanges();
    },
  };
}

/** What stands over the page, which the server writes into its title: names, and whether they are refused. */
function headings(client: QueryClient): string {
  return client
    .getQueryCache()
    .findAll({ type: "active", predicate: ({ queryKey }) => queryKey[1] === "detail" })
    .map(({ queryKey, state }) => {
      const name = textIn(state.data, "name") ?? "";
      return `${queryKey.join(" ")} ${name} ${state.status}`;
    })
    .sort()
    .join("\n");
}
