"use client";
import { useTranslations } from "next-intl";
import { type FormEvent, type ReactNode, useId, useRef } from "react";
import { Button } from "./button.tsx";
import { cn } from "./cn.ts";
import { useEscapeStep } from "./escape.ts";
import { useFocusWithin } from "./focus.ts";

interface InlineQuestionProps {
  title: ReactNode;
  /** What will happen, or fields of which the first is marked with `data-autofocus`. */
  children?: ReactNode;
  /** It has a field that is to be filled in: the focus starts there. */
  hasFields?: boolean;
  /** The verb on the button: "Remove". */
  confirmLabel: string;
  isDangerous?: boolean;
  isBusy?: boolean;
  onCancel: () => void;
  onConfirm: () => void;
  className?: string;
}

/**
 * Asks in place, where a dialog is open already: nothing covers what it is about. The focus starts at the harmless button
 * and goes back to where it was; Escape ends the question alone.
 */
export function InlineQuestion({
  title,
  children,
  hasFields = false,
  confirmLabel,
  isDangerous = false,
  isBusy,
  onCancel,
  onConfirm,
  className,
}: InlineQuestionProps) {
  const t = useTranslations("common");
  const id = useId();
  const box = useRef<HTMLFormElement>(null);
  useFocusWithin(box);
  useEscapeStep(box, onCancel);
  function submit(event: FormEvent) {
    event.preventDefault();
    // a form around it is not meant
    event.stopPropagation();
    onConfirm();
  }
  return (
    <form
      ref={box}
      role="group"
      aria-labelledby={`${id}-title`}
      noValidate
      onSubmit={submit}
      className={cn("border-line bg-sunken animate-fade-in rounded-md border px-3.5 py-3", className)}
    >
      <p id={`${id}-title`} className="font-medium wrap-anywhere">
        {title}
      </p>
      {children && (
        <div id={`${id}-text`} className="text-ink-muted mt-1 text-sm wrap-anywhere">
          {children}
        </div>
      )}
      <div className="mt-3 flex flex-wrap justify-end gap-2">
        <Button
          size="sm"
          data-autofocus={hasFields ? undefined : true}
          aria-describedby={children && !hasFields ? `${id}-text` : undefined}
          onClick={onCancel}
        >
          {t("cancel")}
        </Button>
        <Button type="submit" size="sm" variant={isDangerous ? "danger" : "primary"} isBusy={isBusy}>
          {confirmLabel}
        </Button>
      </div>
    </form>
  );
}
