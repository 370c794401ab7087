import type { ComponentProps } from "react";
import { type ButtonSize, type ButtonVariant, buttonClass } from "./button-class.ts";
import { cn } from "./cn.ts";
import { Spinner } from "./spinner.tsx";

interface ButtonProps extends ComponentProps<"button"> {
  variant?: ButtonVariant;
  size?: ButtonSize;
  /** Work is under way: presses are ignored, focus and width stay, a spinner appears after 100 ms. */
  isBusy?: boolean;
}

export function Button({
  variant,
  size,
  isBusy = false,
  className,
  children,
  onClick,
  type = "button",
  ...props
}: ButtonProps) {
  return (
    <button
      {...props}
      type={type}
      className={buttonClass({
        variant,
        size,
        className: isBusy ? `relative ${className ?? ""}` : className,
      })}
      aria-disabled={isBusy || undefined}
      aria-busy={isBusy || undefined}
      onClick={
        isBusy
          ? (event) => {
              event.preventDefault();
            }
          : onClick
      }
    >
      {isBusy && <Spinner className="absolute" />}
      <span className={cn("inline-flex items-center gap-[inherit]", isBusy && "animate-vanish-late")}>
        {children}
      </span>
    </button>
  );
}
