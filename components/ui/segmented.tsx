"use client";
import { ToggleGroup } from "radix-ui";
import type { ReactNode } from "react";
import { Tooltip } from "./tooltip.tsx";

interface SegmentedProps<Value extends string> {
  value: Value;
  onValueChange: (value: Value) => void;
  label: string;
  options: readonly { value: Value; label: string; icon: ReactNode }[];
}

/** A small switch between ways to see the same thing, such as grid and list. */
export function Segmented<Value extends string>({
  value,
  onValueChange,
  label,
  options,
}: SegmentedProps<Value>) {
  return (
    <ToggleGroup.Root
      type="single"
      aria-label={label}
      value={value}
      // a press on the current one would clear it
      onValueChange={(next) => next && onValueChange(next as Value)}
      className="bg-sunken inline-flex h-8 items-center gap-0.5 rounded-md p-0.5 pointer-coarse:h-10"
    >
      {options.map((option) => (
        <Tooltip key={option.value} label={option.label}>
          {/* a span between, because tooltip and toggle both want data-state */}
          <span className="h-full">
            <ToggleGroup.Item
              value={option.value}
              aria-label={option.label}
              className="text-ink-muted hover:text-ink data-[state=on]:bg-surface data-[state=on]:text-ink data-[state=on]:ring-line grid h-full w-8 place-items-center rounded-[6px] transition-colors data-[state=on]:ring-1 [&_svg]:size-4"
            >
              {option.icon}
            </ToggleGroup.Item>
          </span>
        </Tooltip>
      ))}
    </ToggleGroup.Root>
  );
}
