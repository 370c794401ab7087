import type { ComponentProps } from "react";
import { cn } from "./cn.ts";
import { controlClass } from "./field-class.ts";

interface InputProps extends Omit<ComponentProps<"input">, "size"> {
  size?: "md" | "lg";
}

export function Input({ size = "md", className, ...props }: InputProps) {
  return (
    <input
      {...props}
      className={cn(
        controlClass,
        "w-full min-w-0 px-3 pointer-coarse:h-10",
        size === "lg" ? "h-10" : "h-8",
        className,
      )}
    />
  );
}
