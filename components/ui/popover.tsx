"use client";
import { Popover as Radix } from "radix-ui";
import type { ReactElement, ReactNode } from "react";
import { cn } from "./cn.ts";
import { layerClass } from "./layer-class.ts";

interface PopoverProps {
  trigger: ReactElement;
  isOpen?: boolean;
  onOpenChange?: (isOpen: boolean) => void;
  align?: "start" | "center" | "end";
  /** The layer's accessible name. */
  label: string;
  className?: string;
  children: ReactNode;
}

/** A small layer with more than a menu holds: a form, a list, an explanation. */
export function Popover({
  trigger,
  isOpen,
  onOpenChange,
  align = "start",
  label,
  className,
  children,
}: PopoverProps) {
  return (
    <Radix.Root open={isOpen} onOpenChange={onOpenChange}>
      <Radix.Trigger asChild>{trigger}</Radix.Trigger>
      <Radix.Portal>
        <Radix.Content
          aria-label={label}
          align={align}
          sideOffset={4}
          collisionPadding={8}
          className={cn(layerClass, "w-72 max-w-[calc(100vw-1rem)] p-3", className)}
        >
          {children}
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}
