"use client";
import { useTranslations } from "next-intl";
import { useEffect, useRef, useState } from "react";
import { ApiError } from "#components/api.ts";
import { cn } from "#components/ui/cn.ts";
import { useErrorText } from "#components/use-error-text.ts";

/** Says what went wrong; of what somebody else changed at the same moment, that the newest state is shown now. */
export function useProblemText(): (error: unknown) => string {
  const t = useTranslations("share");
  const textOf = useErrorText();
  return (error) =>
    error instanceof ApiError && error.code === "conflict" ? t("changedMeanwhile") : textOf(error);
}

interface ProblemProps {
  error: unknown;
  /** What failed, in a sentence before the reason. */
  what?: string;
  /** Brings it into view, where a long dialog may hide it. */
  isShown?: boolean;
  className?: string;
}

/** What went wrong, in a line; after too many calls it counts the seconds until the next try. */
export function Problem({ error, what, isShown = false, className }: ProblemProps) {
  const line = useRef<HTMLParagraphElement>(null);
  useEffect(() => {
    if (isShown) line.current?.scrollIntoView({ block: "nearest" });
  }, [isShown, error]);
  const textOf = useProblemText();
  const seconds = error instanceof ApiError && error.code === "rate_limited" ? error.retryAfterSeconds : null;
  return (
    <p ref={line} role="alert" className={cn("text-danger-ink text-sm wrap-anywhere", className)}>
      {what && `${what} `}
      {seconds === null ? (
        textOf(error)
      ) : (
        <Countdown key={`${(error as ApiError).requestId}`} from={seconds} />
      )}
    </p>
  );
}

function Countdown({ from }: { from: number }) {
  const t = useTranslations("share");
  const [left, setLeft] = useState(from);
  useEffect(() => {
    const end = Date.now() + from * 1000;
    const timer = setInterval(() => setLeft(Math.max(0, Math.ceil((end - Date.now()) / 1000))), 250);
    return () => clearInterval(timer);
  }, [from]);
  if (left === 0) return <>{t("tryNow")}</>;
  return (
    <>
      {/* read out once, not every second */}
      <span className="sr-only">{t("tryIn", { seconds: from })}</span>
      <span aria-hidden>{t("tryIn", { seconds: left })}</span>
    </>
  );
}
