"use client";
import { Popover } from "radix-ui";
import { type KeyboardEvent, type ReactElement, type RefObject, useId, useState } from "react";
import { Avatar } from "#components/ui/avatar.tsx";
import { cn } from "#components/ui/cn.ts";
import { layerClass } from "#components/ui/layer-class.ts";
import { UsersRound } from "lucide-react";
import { isAddress } from "./addresses.ts";
import { IconCircle } from "./icon-circle.tsx";
import type { Suggestion } from "./use-suggestions.ts";

/** What the input takes to be a combobox. */
export interface Combobox {
  role: "combobox";
  "aria-autocomplete": "list";
  "aria-expanded": boolean;
  "aria-controls": string | undefined;
  "aria-activedescendant": string | undefined;
  /** To be called when the text changes. */
  onChange: () => void;
  onKeyDown: (event: KeyboardEvent) => void;
}

interface SuggestionBoxProps {
  text: string;
  options: readonly Suggestion[];
  input: RefObject<HTMLInputElement | null>;
  /** Names the list. */
  label: string;
  onChoose: (option: Suggestion) => void;
  /** Keys that the list does not take. */
  onKeyDown?: (event: KeyboardEvent) => void;
  /** The box around the input, below which the list opens; the focus stays in the input. */
  anchor: (combobox: Combobox) => ReactElement;
}

/** A list of suggestions under a field: arrow keys move, Enter chooses, Escape closes only the list. */
export function SuggestionBox({
  text,
  options,
  input,
  label,
  onChoose,
  onKeyDown,
  anchor,
}: SuggestionBoxProps) {
  const id = useId();
  const [active, setActive] = useState<number | null>(null);
  const [isClosed, setClosed] = useState(false);
  const isOpen = options.length > 0 && !isClosed;
  // what begins to be typed chooses the first that fits; a whole address is meant as it stands
  const first = isAddress(text.trim()) ? -1 : options.findIndex(({ isTaken }) => !isTaken);
  const current = active !== null && active < options.length ? active : first;

  function choose(option: Suggestion) {
    if (option.isTaken) return;
    setActive(null);
    onChoose(option);
    input.current?.focus();
  }
  function move(by: 1 | -1) {
    const free = options.flatMap((option, index) => (option.isTaken ? [] : index));
    const at = free.indexOf(current);
    const next = at < 0 ? (by > 0 ? 0 : free.length - 1) : (at + by + free.length) % free.length;
    setActive(free[next] ?? null);
  }
  function onKey(event: KeyboardEvent) {
    if (event.nativeEvent.isComposing) return;
    const option = isOpen ? options[current] : undefined;
    if (isOpen && (event.key === "ArrowDown" || event.key === "ArrowUp")) {
      event.preventDefault();
      move(event.key === "ArrowDown" ? 1 : -1);
    } else if (options.length > 0 && isClosed && event.key === "ArrowDown") {
      event.preventDefault();
      setClosed(false);
    } else if (event.key === "Enter" && option) {
      event.preventDefault();
      choose(option);
    } else onKeyDown?.(event);
  }
  return (
    <Popover.Root open={isOpen} onOpenChange={(open) => !open && setClosed(true)}>
      <Popover.Anchor asChild>
        {anchor({
          role: "combobox",
          "aria-autocomplete": "list",
          "aria-expanded": isOpen,
          "aria-controls": isOpen ? `${id}-list` : undefined,
          "aria-activedescendant": isOpen && current >= 0 ? `${id}-${current}` : undefined,
          onChange: () => {
            setActive(null);
            setClosed(false);
          },
          onKeyDown: onKey,
        })}
      </Popover.Anchor>
      <Popover.Portal>
        <Popover.Content
          align="start"
          sideOffset={4}
          collisionPadding={8}
          onOpenAutoFocus={(event) => event.preventDefault()}
          onCloseAutoFocus={(event) => event.preventDefault()}
          // a press in the field does not close what belongs to it
          onInteractOutside={(event) => event.target === input.current && event.preventDefault()}
          role="presentation"
          className={cn(layerClass, "w-(--radix-popover-trigger-width) min-w-64 p-1")}
        >
          <ul id={`${id}-list`} role="listbox" aria-label={label}>
            {options.map((option, index) => (
              <li
                key={option.key}
                id={`${id}-${index}`}
                role="option"
                aria-selected={index === current}
                aria-disabled={option.isTaken || undefined}
                onMouseDown={(event) => event.preventDefault()}
                onMouseMove={() => !option.isTaken && setActive(index)}
                onClick={() => choose(option)}
                className={cn(
                  "flex min-h-11 cursor-default items-center gap-3 rounded-sm px-2 py-1 select-none",
                  index === current && "bg-hover",
                )}
              >
                {option.personId ? (
                  <Avatar id={option.personId} name={option.label} />
                ) : (
                  <IconCircle>
                    <UsersRound />
                  </IconCircle>
                )}
                <span className="min-w-0 flex-1">
                  <span className={cn("block truncate", option.isTaken ? "text-ink-muted" : "font-medium")}>
                    {option.label}
                  </span>
                  <span className="text-ink-muted block truncate text-sm">{option.facts}</span>
                </span>
              </li>
            ))}
          </ul>
        </Popover.Content>
      </Popover.Portal>
    </Popover.Root>
  );
}
