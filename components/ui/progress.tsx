import { cn } from "./cn.ts";

interface ProgressProps {
  /** 0 to 100; null while it can't be known. */
  percent: number | null;
  /** What is progressing. */
  label: string;
  tone?: "accent" | "danger";
  className?: string;
}

/** How far something is. */
export function Progress({ percent, label, tone = "accent", className }: ProgressProps) {
  const value = percent === null ? undefined : Math.round(Math.min(100, Math.max(0, percent)));
  return (
    <div
      role="progressbar"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={value}
      className={cn("bg-track h-1 w-full overflow-hidden rounded-full", className)}
    >
      <div
        className={cn(
          "h-full w-full origin-left rounded-full transition-transform duration-180",
          tone === "danger" ? "bg-danger-vivid" : "bg-accent-vivid",
          value === undefined && "animate-breathe",
        )}
        style={{ transform: `translateX(${(value ?? 40) - 100}%)` }}
      />
    </div>
  );
}
