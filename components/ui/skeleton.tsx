import { cn } from "./cn.ts";

/** A place held for what is loading. Give it the final shape by `className`; mark the list around it `aria-busy`. */
export function Skeleton({ className }: { className?: string }) {
  return <span aria-hidden className={cn("animate-breathe bg-hover block rounded-sm", className)} />;
}
