"use client";
import { Check, Minus } from "lucide-react";
import { Checkbox as Radix } from "radix-ui";
import type { ComponentProps } from "react";
import { cn } from "./cn.ts";

/** A box to tick; `checked="indeterminate"` for "some of them". Give it a label or an `aria-label`. */
export function Checkbox({ className, checked, ...props }: ComponentProps<typeof Radix.Root>) {
  return (
    <Radix.Root
      {...props}
      checked={checked}
      className={cn(
        // the pseudo element makes the target 24 px and more without moving anything
        "border-line-strong bg-surface relative grid size-4 shrink-0 place-items-center rounded-[4px] border transition-colors before:absolute before:-inset-1.5",
        "hover:border-accent-vivid data-[state=checked]:border-accent data-[state=checked]:bg-accent disabled:opacity-50",
        "data-[state=indeterminate]:border-accent data-[state=indeterminate]:bg-accent",
        className,
      )}
    >
      <Radix.Indicator className="text-on-accent">
        {checked === "indeterminate" ? (
          <Minus className="size-3" strokeWidth={3} />
        ) : (
          <Check className="size-3" strokeWidth={3} />
        )}
      </Radix.Indicator>
    </Radix.Root>
  );
}
