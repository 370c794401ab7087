"use client";
import { CircleAlert, RotateCw } from "lucide-react";
import { useTranslations } from "next-intl";
import { Button } from "./button.tsx";
import { ErrorText } from "./error-text.tsx";

interface ErrorStateProps {
  error: unknown;
  /** What could not be shown; a general title when left out. */
  title?: string;
  onRetry?: () => void;
}

/** A part of a page that could not be loaded: what happened, and a way to try again. */
export function ErrorState({ error, title, onRetry }: ErrorStateProps) {
  const t = useTranslations("errors");
  const common = useTranslations("common");
  return (
    <div role="alert" className="flex flex-col items-center px-6 py-16 text-center">
      <span
        aria-hidden
        className="bg-danger-soft text-danger-ink mb-4 grid size-12 place-items-center rounded-full"
      >
        <CircleAlert className="size-5" />
      </span>
      <p className="text-md font-semibold">{title ?? t("loadFailed")}</p>
      <p className="text-ink-muted mt-1 max-w-90 text-pretty">
        <ErrorText error={error} />
      </p>
      {onRetry && (
        <Button className="mt-5" onClick={onRetry}>
          <RotateCw aria-hidden />
          {common("retry")}
        </Button>
      )}
    </div>
  );
}
