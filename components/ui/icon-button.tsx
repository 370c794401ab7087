import type { ComponentProps, ReactNode } from "react";
import { type ButtonVariant, buttonClass } from "./button-class.ts";
import { Tooltip } from "./tooltip.tsx";

interface IconButtonProps extends Omit<ComponentProps<"button">, "aria-label" | "children"> {
  /** What it does: its accessible name and its tooltip. */
  label: string;
  icon: ReactNode;
  variant?: ButtonVariant;
  size?: "sm" | "md";
  /** Where the name is already plain from what is around it. */
  hasTooltip?: boolean;
}

/** A square button with only an icon. */
export function IconButton({
  label,
  icon,
  variant = "ghost",
  size = "md",
  hasTooltip = true,
  className,
  type = "button",
  ...props
}: IconButtonProps) {
  const button = (
    <button
      {...props}
      type={type}
      aria-label={label}
      className={buttonClass({ variant, size: `icon-${size}`, className })}
    >
      {icon}
    </button>
  );
  return hasTooltip ? <Tooltip label={label}>{button}</Tooltip> : button;
}
