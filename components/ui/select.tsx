"use client";
import { Check, ChevronDown } from "lucide-react";
import { Select as Radix } from "radix-ui";
import { useId } from "react";
import { cn } from "./cn.ts";
import { controlClass } from "./field-class.ts";
import type { FieldControl } from "./field.tsx";
import { keepMovedFocus } from "./focus.ts";
import { layerClass } from "./layer-class.ts";

export interface SelectOption<Value extends string> {
  value: Value;
  label: string;
  /** One line under the label, in the open list only. */
  description?: string;
  isDisabled?: boolean;
}

interface SelectProps<Value extends string> extends Partial<FieldControl> {
  value: Value;
  onValueChange: (value: Value) => void;
  options: readonly SelectOption<Value>[];
  /** Its name, where no field labels it. */
  "aria-label"?: string;
  /** Has the focus first in a dialog. */
  "data-autofocus"?: true | undefined;
  /** `plain` has no outline until hovered, for rows of lists. */
  variant?: "outlined" | "plain";
  isDisabled?: boolean;
  className?: string;
}

/** One choice of a few. */
export function Select<Value extends string>({
  value,
  onValueChange,
  options,
  variant = "outlined",
  isDisabled,
  className,
  ...control
}: SelectProps<Value>) {
  const ownId = useId();
  const id = control.id ?? ownId;
  return (
    <Radix.Root
      value={value}
      onValueChange={(next) => {
        const chosen = options.find((option) => option.value === next);
        if (chosen) onValueChange(chosen.value);
      }}
      disabled={isDisabled}
    >
      <Radix.Trigger
        {...control}
        id={id}
        className={cn(
          "inline-flex h-8 items-center justify-between gap-2 text-left whitespace-nowrap pointer-coarse:h-10",
          variant === "outlined"
            ? cn(controlClass, "pr-2 pl-3")
            : "text-ink-muted hover:bg-hover hover:text-ink aria-expanded:bg-hover rounded-md px-2 transition-colors disabled:hover:bg-transparent",
          className,
        )}
      >
        <span className="truncate">{options.find((option) => option.value === value)?.label}</span>
        <ChevronDown aria-hidden className="text-ink-faint size-4 shrink-0" />
      </Radix.Trigger>
      <Radix.Portal>
        <Radix.Content
          data-control={id}
          onCloseAutoFocus={keepMovedFocus}
          position="popper"
          sideOffset={4}
          collisionPadding={8}
          className={cn(
            layerClass,
            "max-h-(--radix-select-content-available-height) max-w-80 min-w-(--radix-select-trigger-width)",
          )}
        >
          <Radix.Viewport
            // else the same press would also answer the question that a choice may open
            onKeyDown={(event) => event.key === "Enter" && event.preventDefault()}
            className="p-1"
          >
            {options.map((option) => (
              <Radix.Item
                key={option.value}
                value={option.value}
                disabled={option.isDisabled}
                className="data-disabled:text-ink-faint data-highlighted:bg-hover relative flex cursor-default items-start gap-2 rounded-sm py-1.5 pr-2 pl-8 outline-none select-none"
              >
                <Radix.ItemIndicator className="absolute top-2 left-2">
                  <Check aria-hidden className="text-accent-vivid size-4" />
                </Radix.ItemIndicator>
                <span className="flex min-w-0 flex-col">
                  <Radix.ItemText>{option.label}</Radix.ItemText>
                  {option.description && (
                    <span className="text-ink-muted text-sm wrap-anywhere">{option.description}</span>
                  )}
                </span>
              </Radix.Item>
            ))}
          </Radix.Viewport>
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}
