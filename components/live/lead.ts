/**
 * Runs `work` in one tab of the browser at a time: in the one that has the lock of this name. When that closes, the next
 * one goes on. Where there are no locks (an address without https), in each tab as long as it is looked at, so that
 * connections stay few all the same.
 */
export function lead(name: string, signal: AbortSignal, work: (signal: AbortSignal) => Promise<void>): void {
  if ("locks" in navigator) {
    navigator.locks.request(name, { signal }, () => work(signal)).catch(() => undefined);
    return;
  }
  let looked: AbortController | null = null;
  const look = () => {
    const isLooked = document.visibilityState === "visible" && !signal.aborted;
    if (isLooked === (looked !== null)) return;
    if (isLooked) void work(AbortSignal.any([signal, (looked = new AbortController()).signal]));
    else {
      looked?.abort();
      looked = null;
    }
  };
  document.addEventListener("visibilitychange", look, { signal });
  signal.addEventListener("abort", look);
  look();
}
