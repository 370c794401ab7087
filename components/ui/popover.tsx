"use client";
import { Popover as Radix } from "radix-ui";
import type { ReactNode, RefObject } from "react";
import { cn } from "./cn.ts";
import { useOpener } from "./focus.ts";
import { layerClass } from "./layer-class.ts";

interface PopoverProps {
  isOpen: boolean;
  onOpenChange: (isOpen: boolean) => void;
  /** The button that opens and closes it. */
  anchor: RefObject<HTMLElement | null>;
  /** Its name. */
  label: string;
  align?: "start" | "center" | "end";
  className?: string;
  children: ReactNode;
}

/** A small panel at a button, for looking at something without leaving the page. Escape and a press outside close it. */
export function Popover({
  isOpen,
  onOpenChange,
  anchor,
  label,
  align = "end",
  className,
  children,
}: PopoverProps) {
  const giveFocusBack = useOpener(isOpen);
  return (
    <Radix.Root open={isOpen} onOpenChange={onOpenChange}>
      <Radix.Anchor virtualRef={anchor} />
      <Radix.Portal>
        <Radix.Content
          aria-label={label}
          align={align}
          sideOffset={6}
          collisionPadding={8}
          // what is in it is to be read first, and no control pressed by mistake
          onOpenAutoFocus={(event) => {
            event.preventDefault();
            if (event.currentTarget instanceof HTMLElement) event.currentTarget.focus();
          }}
          onCloseAutoFocus={giveFocusBack}
          // the button closes it itself
          onInteractOutside={(event) => {
            if (event.target instanceof Node && anchor.current?.contains(event.target))
              event.preventDefault();
          }}
          className={cn(layerClass, "max-h-(--radix-popover-content-available-height)", className)}
        >
          {children}
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}
