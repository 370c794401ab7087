"use client";
import { Check, ChevronRight } from "lucide-react";
import { DropdownMenu as Radix } from "radix-ui";
import type { ComponentProps, ReactElement, ReactNode } from "react";
import { cn } from "./cn.ts";
import { keepMovedFocus, leaveFocusWhileFading } from "./focus.ts";
import { layerClass } from "./layer-class.ts";

const itemClass =
  "flex min-h-8 cursor-default items-center gap-2.5 rounded-sm px-2 py-1 outline-none select-none pointer-coarse:min-h-10 " +
  "data-disabled:text-ink-faint data-highlighted:bg-hover data-[state=open]:bg-hover [&>svg]:size-4 [&>svg]:shrink-0 [&>svg]:text-ink-muted";

interface DropdownMenuProps {
  /** One button; it gets aria-haspopup and aria-expanded. */
  trigger: ReactElement;
  align?: "start" | "center" | "end";
  side?: "top" | "right" | "bottom" | "left";
  className?: string;
  children: ReactNode;
}

/** Actions behind a button. Arrow keys, type-ahead and Escape work as in any menu. */
export function DropdownMenu({ trigger, align = "end", side, className, children }: DropdownMenuProps) {
  return (
    <Radix.Root>
      <Radix.Trigger asChild>{trigger}</Radix.Trigger>
      <Radix.Portal>
        <Radix.Content
          align={align}
          side={side}
          sideOffset={4}
          collisionPadding={8}
          onCloseAutoFocus={keepMovedFocus}
          onFocus={leaveFocusWhileFading}
          // one that is higher than its window scrolls, and keys must reach what scrolls
          tabIndex={0}
          className={cn(layerClass, "min-w-48 p-1", className)}
        >
          {children}
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}

interface MenuItemProps extends ComponentProps<typeof Radix.Item> {
  isDangerous?: boolean;
}

/** One action; with `asChild` a link. An icon goes before the text. */
export function MenuItem({ isDangerous = false, className, ...props }: MenuItemProps) {
  return (
    <Radix.Item
      {...props}
      className={cn(
        itemClass,
        isDangerous && "text-danger-ink data-highlighted:bg-danger-soft [&>svg]:text-danger-ink!",
        className,
      )}
    />
  );
}

/** One of several, with a tick at the current one. */
export function MenuRadioGroup<Value extends string>({
  value,
  onValueChange,
  options,
}: {
  value: Value | undefined;
  onValueChange: (value: Value) => void;
  /** A description is one line under the label. */
  options: readonly { value: Value; label: string; description?: string }[];
}) {
  return (
    <Radix.RadioGroup
      value={value}
      onValueChange={(next) => {
        const chosen = options.find((option) => option.value === next);
        if (chosen) onValueChange(chosen.value);
      }}
    >
      {options.map((option) => (
        <Radix.RadioItem key={option.value} value={option.value} className={cn(itemClass, "relative pr-8")}>
          {option.description ? (
            <span className="flex flex-col py-0.5">
              {option.label}
              <span className="text-ink-muted text-sm">{option.description}</span>
            </span>
          ) : (
            option.label
          )}
          <Radix.ItemIndicator className="absolute right-2">
            <Check aria-hidden className="text-accent-vivid size-4" />
          </Radix.ItemIndicator>
        </Radix.RadioItem>
      ))}
    </Radix.RadioGroup>
  );
}

/** An item that opens a further menu beside it. */
export function MenuSub({ icon, label, children }: { icon?: ReactNode; label: string; children: ReactNode }) {
  return (
    <Radix.Sub>
      <Radix.SubTrigger className={itemClass}>
        {icon}
        {label}
        <ChevronRight aria-hidden className="ml-auto" />
      </Radix.SubTrigger>
      <Radix.Portal>
        <Radix.SubContent sideOffset={6} collisionPadding={8} className={cn(layerClass, "min-w-40 p-1")}>
          {children}
        </Radix.SubContent>
      </Radix.Portal>
    </Radix.Sub>
  );
}

export function MenuSeparator() {
  return <Radix.Separator className="bg-line -mx-1 my-1 h-px" />;
}
