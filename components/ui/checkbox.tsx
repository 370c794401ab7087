"use client";
import { Check, Minus } from "lucide-react";
import type { ComponentProps } from "react";
import { cn } from "./cn.ts";

interface CheckboxProps extends Omit<ComponentProps<"button">, "children"> {
  /** `indeterminate` for "some of them". */
  checked: boolean | "indeterminate";
}

/** A box to tick. Give it a label or an `aria-label`. */
export function Checkbox({ className, checked, ...props }: CheckboxProps) {
  const isMixed = checked === "indeterminate";
  return (
    <button
      {...props}
      type="button"
      role="checkbox"
      aria-checked={isMixed ? "mixed" : checked}
      // Space ticks; Enter is for what the box stands in
      onKeyDown={(event) => event.key === "Enter" && event.preventDefault()}
      className={cn(
        // the pseudo element makes the target 24 px and more without moving anything
        "border-line-strong bg-surface relative grid size-4 shrink-0 place-items-center rounded-[4px] border transition-colors before:absolute before:-inset-1.5",
        "hover:border-accent-vivid aria-[checked=true]:border-accent aria-[checked=true]:bg-accent disabled:opacity-50",
        "aria-[checked=mixed]:border-accent aria-[checked=mixed]:bg-accent",
        className,
      )}
    >
      <span className="text-on-accent">
        {isMixed && <Minus className="size-3" strokeWidth={3} />}
        {checked === true && <Check className="size-3" strokeWidth={3} />}
      </span>
    </button>
  );
}
