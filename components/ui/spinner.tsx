import { cn } from "./cn.ts";

/** Turns while something is under way; stays invisible for the first 100 ms. Decorative: name the wait beside it. */
export function Spinner({ className }: { className?: string }) {
  return (
    <span aria-hidden className={cn("animate-appear-late inline-flex size-4", className)}>
      <svg
        viewBox="0 0 16 16"
        className="size-full animate-spin"
        fill="none"
        stroke="currentColor"
        strokeWidth="2"
      >
        <circle cx="8" cy="8" r="6" opacity="0.25" />
        <path d="M14 8a6 6 0 0 0-6-6" strokeLinecap="round" />
      </svg>
    </span>
  );
}
