import { StartFailure } from "./failure.ts";

const POLL_MS = 25;

/**
 * Waits until the app says that it can serve: `GET /api/health/ready` answers 200.
 * Throws a StartFailure with the last answer after `timeoutMs`. Returns early when `signal` is aborted.
 */
export async function waitUntilReady(url: string, timeoutMs: number, signal: AbortSignal): Promise<void> {
  const deadline = performance.now() + timeoutMs;
  let answer = "no answer";
  while (performance.now() < deadline) {
    signal.throwIfAborted();
    try {
      const response = await fetch(`${url}/api/health/ready`, {
        signal: AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]),
      });
      const body = await response.text();
      if (response.status === 200) return;
      answer = `status ${response.status} ${body.slice(0, 200)}`.trim();
    } catch (error) {
      signal.throwIfAborted();
      answer = (error as Error).message;
    }
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
  throw new StartFailure(
    `The app did not get ready within ${Math.round(timeoutMs / 1000)} seconds (${answer}).`,
  );
}
