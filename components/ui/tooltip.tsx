import { cloneElement, type ReactElement } from "react";

interface TooltipProps {
  label: string;
  side?: "top" | "bottom";
  /** One element of the page; it gets the label as data. */
  children: ReactElement<{ "data-tooltip"?: string; "data-tooltip-side"?: string }>;
}

/** A short explanation on hover and focus, shown by `TooltipLayer`. Never the only place where something is said. */
export function Tooltip({ label, side = "bottom", children }: TooltipProps) {
  return cloneElement(children, {
    "data-tooltip": label,
    "data-tooltip-side": side === "top" ? side : undefined,
  });
}
