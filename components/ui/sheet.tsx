"use client";
import { X } from "lucide-react";
import { useTranslations } from "next-intl";
import { Dialog as Radix } from "radix-ui";
import type { ReactNode } from "react";
import { cn } from "./cn.ts";
import { useOpener } from "./focus.ts";
import { useStacked } from "./stacked.ts";
import { IconButton } from "./icon-button.tsx";

interface SheetProps {
  isOpen: boolean;
  onOpenChange: (isOpen: boolean) => void;
  title: string;
  /** The title is only for screen readers, and the content brings its own header. */
  isTitleHidden?: boolean;
  side?: "left" | "right";
  children: ReactNode;
}

/** A panel that slides in from an edge: navigation on phones, details, edit drawers. Focus returns to where it came from. */
export function Sheet({
  isOpen,
  onOpenChange,
  title,
  isTitleHidden = false,
  side = "right",
  children,
}: SheetProps) {
  const t = useTranslations("common");
  const giveFocusBack = useOpener(isOpen);
  const changeOpen = useStacked(isOpen, onOpenChange);
  return (
    <Radix.Root open={isOpen} onOpenChange={changeOpen}>
      <Radix.Portal>
        <Radix.Overlay className="bg-overlay data-[state=closed]:animate-fade-out data-[state=open]:animate-fade-in fixed inset-0 z-40" />
        <Radix.Content
          aria-describedby={undefined}
          onCloseAutoFocus={giveFocusBack}
          className={cn(
            "bg-surface shadow-dialog fixed inset-y-0 z-40 flex w-[min(22rem,calc(100vw-3rem))] flex-col outline-none",
            side === "left"
              ? "data-[state=closed]:animate-slide-out-left data-[state=open]:animate-slide-in-left left-0"
              : "data-[state=closed]:animate-slide-out-right data-[state=open]:animate-slide-in-right right-0",
          )}
        >
          {isTitleHidden ? (
            <Radix.Title className="sr-only">{title}</Radix.Title>
          ) : (
            <header className="h-topbar border-line flex shrink-0 items-center justify-between gap-4 border-b pr-3 pl-5">
              <Radix.Title className="truncate font-semibold">{title}</Radix.Title>
              <Radix.Close asChild>
                <IconButton label={t("close")} icon={<X />} hasTooltip={false} />
              </Radix.Close>
            </header>
          )}
          <div className="min-h-0 flex-1 overflow-y-auto">{children}</div>
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}
