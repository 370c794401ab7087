"use client";
import { useTranslations } from "next-intl";
import { AlertDialog as Radix } from "radix-ui";
import type { ReactNode } from "react";
import { Button } from "./button.tsx";
import { cn } from "./cn.ts";
import { overlayClass, panelClass } from "./overlay-class.ts";
import { useOpener } from "./focus.ts";
import { useStacked } from "./stacked.ts";

interface AlertDialogProps {
  isOpen: boolean;
  onOpenChange: (isOpen: boolean) => void;
  title: ReactNode;
  /** What will happen, and whether it can be undone. */
  description: ReactNode;
  /** The verb on the button: "Delete for good". */
  confirmLabel: string;
  isDangerous?: boolean;
  /** While true the dialog waits and can't be confirmed again. */
  isBusy?: boolean;
  /** The dialog stays open until `isOpen` turns false, so that an error can be shown in it. */
  onConfirm: () => void;
  /** Takes the focus afterwards, where what had it before may be gone or changed. */
  onFocusBack?: (() => void) | undefined;
  children?: ReactNode;
}

/** Asks before something that can't be taken back. Focus starts at the harmless button, and returns to where it was. */
export function AlertDialog({
  isOpen,
  onOpenChange,
  title,
  description,
  confirmLabel,
  isDangerous = true,
  isBusy,
  onConfirm,
  onFocusBack,
  children,
}: AlertDialogProps) {
  const t = useTranslations("common");
  const giveFocusBack = useOpener(isOpen);
  const changeOpen = useStacked(isOpen, onOpenChange);
  return (
    <Radix.Root open={isOpen} onOpenChange={changeOpen}>
      <Radix.Portal>
        <Radix.Overlay className={overlayClass}>
          <Radix.Content
            className={cn(panelClass, "max-w-110 gap-4 p-5")}
            onCloseAutoFocus={(event) => {
              if (!onFocusBack) return giveFocusBack(event);
              event.preventDefault();
              onFocusBack();
            }}
          >
            <div>
              <Radix.Title className="text-md font-semibold break-words">{title}</Radix.Title>
              <Radix.Description className="text-ink-muted mt-1.5">{description}</Radix.Description>
            </div>
            {children}
            <div className="flex flex-wrap justify-end gap-2">
              <Radix.Cancel asChild>
                <Button>{t("cancel")}</Button>
              </Radix.Cancel>
              <Button variant={isDangerous ? "danger" : "primary"} isBusy={isBusy} onClick={onConfirm}>
                {confirmLabel}
              </Button>
            </div>
          </Radix.Content>
        </Radix.Overlay>
      </Radix.Portal>
    </Radix.Root>
  );
}
