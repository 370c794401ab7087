import { Cron } from "croner";

const UNIT_SECONDS: Record<string, number> = { w: 604_800, d: 86_400, h: 3_600, m: 60, s: 1 };

/** When something is due: seconds from now (by the database's clock), or a moment. */
export type Due = { inSeconds: number } | { at: Date };

/** Parses the SDK's waiting times: `1h30m`, an ISO date, or an empty text for none. */
export function parseDue(text: string): Due {
  if (/^(?:\d+[wdhms])*$/.test(text)) {
    const parts = [...text.matchAll(/(\d+)([wdhms])/g)];
    return {
      inSeconds: parts.reduce(
        (sum, [, count, unit]) => sum + Number(count) * (UNIT_SECONDS[unit ?? ""] ?? 0),
        0,
      ),
    };
  }
  const at = new Date(text);
  if (Number.isNaN(at.getTime())) throw new Error(`"${text}" is neither a duration nor a date.`);
  return { at };
}

/**
 * When a failed attempt is tried again.
 * @param attempt the number of the failed attempt, from 0
 * @param retryAfter the application's answer: seconds or an ISO date
 */
export function retryDue(
  attempt: number,
  retryAfter: string | undefined,
  backoffSeconds: readonly number[],
): Due {
  if (retryAfter !== undefined) {
    const seconds = Number(retryAfter);
    if (Number.isFinite(seconds)) return { inSeconds: Math.max(0, seconds) };
    const at = new Date(retryAfter);
    if (!Number.isNaN(at.getTime())) return { at };
  }
  return { inSeconds: backoffSeconds[Math.min(attempt, backoffSeconds.length - 1)] ?? 0 };
}

/** Milliseconds from now, never negative. */
export function millisecondsUntil(due: Due): number {
  return Math.max(0, "at" in due ? due.at.getTime() - Date.now() : due.inSeconds * 1_000);
}

/** Parses a schedule in Inngest's form, with an optional time zone: `TZ=Europe/Paris 0 9 * * *`. Default UTC. */
export function parseCron(text: string): Cron {
  const [, timezone = "UTC", pattern = text] = /^(?:TZ=(\S+) )?(.+)$/.exec(text) ?? [];
  return new Cron(pattern, { timezone, paused: true });
}
