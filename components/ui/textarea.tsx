import type { ComponentProps } from "react";
import { cn } from "./cn.ts";
import { controlClass } from "./field-class.ts";

/** Grows with its text, up to a third of the window. */
export function Textarea({ className, ...props }: ComponentProps<"textarea">) {
  return (
    <textarea
      rows={3}
      {...props}
      className={cn(
        controlClass,
        "field-sizing-content max-h-[33dvh] min-h-16 w-full px-3 py-1.5",
        className,
      )}
    />
  );
}
