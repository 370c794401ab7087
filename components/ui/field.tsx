"use client";
import { CircleAlert } from "lucide-react";
import { type ReactNode, useId } from "react";
import { cn } from "./cn.ts";

/** What a control inside a field spreads on itself to be named, described and marked invalid. */
export interface FieldControl {
  id: string;
  "aria-describedby": string | undefined;
  "aria-invalid": true | undefined;
}

interface FieldProps {
  label: ReactNode;
  /** Kept for screen readers where the design shows no label. */
  isLabelHidden?: boolean;
  hint?: ReactNode;
  /** One plain sentence; announced when it appears. */
  error?: ReactNode;
  /** At the far end of the label's line, such as "Forgot password?". */
  aside?: ReactNode;
  className?: string;
  children: (control: FieldControl) => ReactNode;
}

/** A label, a control, a hint and an error, wired together: `<Field label="Name">{(control) => <Input {...control} />}</Field>`. */
export function Field({ label, isLabelHidden = false, hint, error, aside, className, children }: FieldProps) {
  const id = useId();
  const hintId = `${id}-hint`;
  const errorId = `${id}-error`;
  const describedBy = [error && errorId, hint && hintId].filter(Boolean).join(" ");
  return (
    <div className={cn("flex flex-col gap-1.5", className)}>
      <div className={cn("flex items-baseline justify-between gap-4", isLabelHidden && !aside && "sr-only")}>
        <label htmlFor={id} className={cn("text-sm font-medium", isLabelHidden && "sr-only")}>
          {label}
        </label>
        {aside}
      </div>
      {children({
        id,
        "aria-describedby": describedBy || undefined,
        "aria-invalid": error ? true : undefined,
      })}
      {hint && (
        <p id={hintId} className={cn("text-ink-muted text-sm", Boolean(error) && "sr-only")}>
          {hint}
        </p>
      )}
      {/* always there, so that assistive technology hears the change */}
      <div id={errorId} aria-live="polite" className="empty:hidden">
        {error && (
          <p className="text-danger-ink flex items-start gap-1.5 text-sm">
            <CircleAlert aria-hidden className="mt-[3px] size-3.5 shrink-0" />
            <span>{error}</span>
          </p>
        )}
      </div>
    </div>
  );
}
