"use client";
import { X } from "lucide-react";
import type { ReactNode } from "react";
import { cn } from "./cn.ts";

interface ChipProps {
  label: string;
  /** Before the label. */
  icon?: ReactNode;
  title?: string;
  /** Can't be used as it is; why stands under the field. */
  isFaulty?: boolean;
  /** Names the button that takes it away. */
  removeLabel: string;
  onRemove: () => void;
}

/** One of several things that were chosen in a field. */
export function Chip({ label, icon, title, isFaulty = false, removeLabel, onRemove }: ChipProps) {
  return (
    <span
      title={title}
      className={cn(
        "flex h-6 max-w-full items-center gap-0.5 rounded-sm text-sm",
        icon ? "pl-1.5" : "pl-2",
        isFaulty ? "bg-danger-soft text-danger-ink" : "bg-sunken",
      )}
    >
      {icon}
      <span className="truncate">{label}</span>
      <button
        type="button"
        aria-label={removeLabel}
        onClick={onRemove}
        className="hover:bg-hover grid size-6 shrink-0 place-items-center rounded-sm"
      >
        <X aria-hidden className="size-3" />
      </button>
    </span>
  );
}
