type Work = () => Promise<unknown>;

const waiting: Work[] = [];
let isScheduled = false;

/**
 * Does something once the page is there and the browser has nothing better to do, one after the other in the order they
 * came. What fails is left: whoever needs it meets the failure. Nothing on the server.
 */
export function whenIdle(work: Work): void {
  if (typeof window === "undefined") return;
  waiting.push(work);
  if (isScheduled) return;
  isScheduled = true;
  if (document.readyState === "complete") schedule();
  else addEventListener("load", schedule, { once: true });
}

function schedule(): void {
  // not in every browser
  if ("requestIdleCallback" in window) requestIdleCallback(() => void run(), { timeout: 2000 });
  else setTimeout(() => void run(), 200);
}

async function run(): Promise<void> {
  for (let work = waiting.shift(); work; work = waiting.shift()) await work().catch(() => undefined);
  isScheduled = false;
}
