"use client";
import { type KeyboardEvent, type ReactNode } from "react";
import { Tooltip } from "./tooltip.tsx";

interface SegmentedProps<Value extends string> {
  value: Value;
  onValueChange: (value: Value) => void;
  label: string;
  options: readonly { value: Value; label: string; icon: ReactNode }[];
}

const steps: Record<string, number> = { ArrowLeft: -1, ArrowUp: -1, ArrowRight: 1, ArrowDown: 1 };

/** Arrows move the focus among the options, which are one stop for the Tab key. */
function moveFocus(event: KeyboardEvent<HTMLElement>): void {
  const step = steps[event.key];
  if (!step) return;
  // pages give arrows a meaning of their own
  event.preventDefault();
  const options = [...event.currentTarget.querySelectorAll<HTMLElement>("[role=radio]")];
  const from = options.findIndex((option) => option === document.activeElement);
  options.at((from + step) % options.length)?.focus();
}

/** A small switch between ways to see the same thing, such as grid and list. */
export function Segmented<Value extends string>({
  value,
  onValueChange,
  label,
  options,
}: SegmentedProps<Value>) {
  return (
    <div
      role="radiogroup"
      aria-label={label}
      onKeyDown={moveFocus}
      className="bg-sunken inline-flex h-8 items-center gap-0.5 rounded-md p-0.5 pointer-coarse:h-10"
    >
      {options.map((option) => {
        const isOn = option.value === value;
        return (
          <Tooltip key={option.value} label={option.label}>
            <button
              type="button"
              role="radio"
              aria-checked={isOn}
              aria-label={option.label}
              tabIndex={isOn ? 0 : -1}
              onClick={() => !isOn && onValueChange(option.value)}
              className="text-ink-muted hover:text-ink aria-checked:bg-surface aria-checked:text-ink aria-checked:ring-line grid h-full w-8 place-items-center rounded-[6px] transition-colors aria-checked:ring-1 [&_svg]:size-4"
            >
              {option.icon}
            </button>
          </Tooltip>
        );
      })}
    </div>
  );
}
