"use client";
import { ApiError } from "#components/api-error.ts";
import { useErrorText } from "#components/use-error-text.ts";
import { Countdown } from "./countdown.tsx";

/** What went wrong; after too many calls it counts the seconds until the next try. `text` stands where nothing counts. */
export function ErrorText({ error, text }: { error: unknown; text?: string }) {
  const textOf = useErrorText();
  if (error instanceof ApiError && error.code === "rate_limited" && error.retryAfterSeconds !== null)
    return <Countdown key={error.requestId} from={error.retryAfterSeconds} />;
  return <>{text ?? textOf(error)}</>;
}
