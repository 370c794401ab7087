import { cn } from "./cn.ts";

const tones = { ok: "bg-accent-vivid", warning: "bg-warning", danger: "bg-danger-vivid" };

interface MeterProps {
  used: number;
  limit: number;
  /** Decided by `quotaLevel`: amber from 80 %, red from 95 %. */
  level: keyof typeof tones;
  label: string;
  /** The figures in words, such as "3.2 of 5 GB"; read out instead of a percentage. */
  valueText: string;
  className?: string;
}

/** How much of a limit is used. Shows the figures only to screen readers: write them beside it. */
export function Meter({ used, limit, level, label, valueText, className }: MeterProps) {
  const share = limit > 0 ? Math.min(1, used / limit) : used > 0 ? 1 : 0;
  return (
    <div
      role="meter"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={Math.max(limit, used, 1)}
      aria-valuenow={used}
      aria-valuetext={valueText}
      className={cn("bg-track h-1.5 w-full overflow-hidden rounded-full", className)}
    >
      <div
        className={cn(
          "h-full rounded-full transition-[width] duration-180",
          tones[level],
          used > 0 && "min-w-1.5",
        )}
        style={{ width: `${share * 100}%` }}
      />
    </div>
  );
}
