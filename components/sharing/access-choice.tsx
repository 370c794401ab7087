"use client";
import type { ReactNode } from "react";
import { Select, type SelectOption } from "#components/ui/select.tsx";
import { IconCircle } from "./icon-circle.tsx";
import { Problem } from "./problem.tsx";

interface AccessChoiceProps<Value extends string> {
  icon: ReactNode;
  label: string;
  value: Value;
  options: readonly SelectOption<Value>[];
  /** What the current choice means, in a sentence. */
  text: ReactNode;
  /** Why the last change failed. */
  error: unknown;
  /** Left out where the reader may only look. */
  onChange?: ((value: Value) => void) | undefined;
}

/** Who can open something besides those added to it: one of a few ways, with what it means under it. */
export function AccessChoice<Value extends string>({
  icon,
  label,
  value,
  options,
  text,
  error,
  onChange,
}: AccessChoiceProps<Value>) {
  return (
    <div className="flex items-start gap-3 py-1.5">
      <span className="mt-0.5 flex">
        <IconCircle>{icon}</IconCircle>
      </span>
      <div className="min-w-0 flex-1">
        {onChange ? (
          <Select
            aria-label={label}
            variant="plain"
            value={value}
            onValueChange={onChange}
            options={options}
            className="text-ink! -ml-2 h-7! font-medium pointer-coarse:h-10!"
          />
        ) : (
          <p className="py-0.5 font-medium">{options.find((option) => option.value === value)?.label}</p>
        )}
        {Boolean(error) && <Problem error={error} isShown className="py-0.5" />}
        <p className="text-ink-muted text-sm text-pretty wrap-anywhere">{text}</p>
      </div>
    </div>
  );
}
