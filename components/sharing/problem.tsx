"use client";
import { useTranslations } from "next-intl";
import { useEffect, useRef } from "react";
import { ApiError } from "#components/api-error.ts";
import { cn } from "#components/ui/cn.ts";
import { ErrorText } from "#components/ui/error-text.tsx";
import { useErrorText } from "#components/use-error-text.ts";

/**
 * Says what went wrong; of what somebody else changed at the same moment, that the newest state is shown now. A conflict that
 * names its cause, such as the address that leads to the same mailbox, is told as it is.
 */
export function useProblemText(): (error: unknown) => string {
  const t = useTranslations("share");
  const textOf = useErrorText();
  return (error) =>
    error instanceof ApiError && error.code === "conflict" && Object.keys(error.details).length === 0
      ? t("changedMeanwhile")
      : textOf(error);
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
  return (
    <p ref={line} role="alert" className={cn("text-danger-ink text-sm wrap-anywhere", className)}>
      {what && `${what} `}
      <ErrorText error={error} text={textOf(error)} />
    </p>
  );
}
