"use client";
import { CircleAlert, CircleCheck } from "lucide-react";
import { useTranslations } from "next-intl";
import { useTheme } from "next-themes";
import { type ExternalToast, Toaster as Sonner, toast } from "sonner";

/** Where toasts appear: bottom left, out of the upload tray's way. */
export function Toaster() {
  const t = useTranslations("common");
  const { resolvedTheme } = useTheme();
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

interface ToastOptions {
  /** Offered for 8 seconds. */
  undo?: { label: string; onUndo: () => void };
}

const optionsOf = ({ undo }: ToastOptions): ExternalToast =>
  undo ? { duration: 8000, action: { label: undo.label, onClick: undo.onUndo } } : {};

/** Says what happened, where the result is not visible already. */
export const notify = {
  done: (text: string, options: ToastOptions = {}) => toast.success(text, optionsOf(options)),
  failed: (text: string, options: ToastOptions = {}) =>
    toast.error(text, { duration: 8000, ...optionsOf(options) }),
};
