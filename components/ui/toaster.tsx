"use client";
import { CircleAlert, CircleCheck } from "lucide-react";
import { useTranslations } from "next-intl";
import { useTheme } from "next-themes";
import { useEffect } from "react";
import { type ExternalToast, Toaster as Sonner, toast } from "sonner";
import type { Notify, ToastOptions } from "./toast.tsx";

const optionsOf = ({ undo }: ToastOptions): ExternalToast =>
  undo ? { duration: 8000, action: { label: undo.label, onClick: undo.onUndo } } : {};

const notify: Notify = {
  done: (text, options = {}) => void toast.success(text, optionsOf(options)),
  failed: (text, options = {}) => void toast.error(text, { duration: 8000, ...optionsOf(options) }),
};

/** Toasts bottom left, out of the upload tray's way. */
export function Toaster({ onShown }: { onShown: (notify: Notify) => void }) {
  const t = useTranslations("common");
  const { resolvedTheme } = useTheme();
  // effects of what is inside come first: it listens by now
  useEffect(() => onShown(notify), [onShown]);
  return (
    <Sonner
      position="bottom-left"
      theme={resolvedTheme === "dark" ? "dark" : "light"}
      containerAriaLabel={t("notifications")}
      icons={{
        success: <CircleCheck className="text-success size-4" />,
        error: <CircleAlert className="text-danger-vivid size-4" />,
      }}
      toastOptions={{
        unstyled: true,
        classNames: {
          toast:
            "flex w-full items-center gap-2.5 rounded-md border border-line bg-surface px-3.5 py-2.5 font-sans text-base text-ink shadow-float",
          content: "min-w-0 flex-1",
          description: "text-sm text-ink-muted",
          actionButton: "shrink-0 rounded-sm px-2 py-1 font-medium text-accent-ink hover:bg-hover",
        },
      }}
    />
  );
}
