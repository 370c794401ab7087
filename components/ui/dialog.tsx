"use client";
import { X } from "lucide-react";
import { useTranslations } from "next-intl";
import { Dialog as Radix } from "radix-ui";
import { type ReactNode, useRef } from "react";
import { cn } from "./cn.ts";
import { EscapeSteps } from "./escape.ts";
import { IconButton } from "./icon-button.tsx";
import { overlayClass, panelClass } from "./overlay-class.ts";
import { useOpener } from "./focus.ts";
import { useStacked } from "./stacked.ts";
import { useKeyboardRoom } from "./use-keyboard-room.ts";

interface DialogProps {
  isOpen: boolean;
  onOpenChange: (isOpen: boolean) => void;
  title: ReactNode;
  /** A sentence under the title. */
  description?: ReactNode;
  size?: "sm" | "md" | "lg";
  /** Buttons at the bottom, the main one last. */
  footer?: ReactNode;
  /** Where one came from further views inside it: Escape goes back one step. */
  onBack?: (() => void) | undefined;
  children?: ReactNode;
}

/** Focus goes to what is marked with `data-autofocus`, else to the first control. */
function focusMarked(event: Event): void {
  const { target } = event;
  const marked = target instanceof Element && target.querySelector<HTMLElement>("[data-autofocus]");
  if (!marked) return;
  event.preventDefault();
  marked.focus();
}

const widths = { sm: "max-w-100", md: "max-w-130", lg: "max-w-180" };

/**
 * A layer that takes over until it is done. Focus goes in and returns to where it came from; Escape and a press
 * outside close it. Long content scrolls between title and footer; on small screens it sits at the bottom edge.
 */
export function Dialog({
  isOpen,
  onOpenChange,
  title,
  description,
  size = "md",
  footer,
  onBack,
  children,
}: DialogProps) {
  const t = useTranslations("common");
  const giveFocusBack = useOpener(isOpen);
  const changeOpen = useStacked(isOpen, onOpenChange);
  useKeyboardRoom(isOpen);
  const steps = useRef<(() => boolean)[]>([]);
  function onEscape(event: KeyboardEvent) {
    const isTaken = steps.current.toReversed().some((step) => step());
    if (!isTaken) onBack?.();
    if (isTaken || onBack) event.preventDefault();
  }
  return (
    <Radix.Root open={isOpen} onOpenChange={changeOpen}>
      <Radix.Portal>
        <Radix.Overlay className={overlayClass}>
          <Radix.Content
            className={cn(panelClass, widths[size])}
            onOpenAutoFocus={focusMarked}
            onEscapeKeyDown={onEscape}
            onCloseAutoFocus={giveFocusBack}
            {...(description ? {} : { "aria-describedby": undefined })}
          >
            <EscapeSteps value={steps}>
              <header className="flex items-start gap-4 py-4 pr-3 pl-5">
                <div className="min-w-0 flex-1 pt-0.5">
                  <Radix.Title className="text-md font-semibold break-words">{title}</Radix.Title>
                  {description && (
                    <Radix.Description className="text-ink-muted mt-1">{description}</Radix.Description>
                  )}
                </div>
                <Radix.Close asChild>
                  <IconButton label={t("close")} icon={<X />} hasTooltip={false} />
                </Radix.Close>
              </header>
              {children && <div className="min-h-0 flex-1 overflow-y-auto px-5 pb-5">{children}</div>}
              {footer && (
                <footer className="border-line flex flex-wrap items-center justify-end gap-2 border-t px-5 py-3">
                  {footer}
                </footer>
              )}
            </EscapeSteps>
          </Radix.Content>
        </Radix.Overlay>
      </Radix.Portal>
    </Radix.Root>
  );
}
