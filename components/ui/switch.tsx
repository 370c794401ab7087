"use client";
import { Switch as Radix } from "radix-ui";
import type { ComponentProps } from "react";
import { cn } from "./cn.ts";

/** On or off, taking effect at once. Give it a label or an `aria-label`. */
export function Switch({ className, ...props }: ComponentProps<typeof Radix.Root>) {
  return (
    <Radix.Root
      {...props}
      className={cn(
        "bg-line-strong relative inline-flex h-5 w-9 shrink-0 items-center rounded-full px-0.5 transition-colors before:absolute before:-inset-1",
        "data-[state=checked]:bg-accent disabled:opacity-50",
        className,
      )}
    >
      <Radix.Thumb className="bg-surface size-4 rounded-full transition-transform data-[state=checked]:translate-x-4" />
    </Radix.Root>
  );
}
