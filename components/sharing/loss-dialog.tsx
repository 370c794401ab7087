"use client";
import { AlertDialog } from "#components/ui/alert-dialog.tsx";
import type { Question } from "./use-loss.ts";

interface LossDialogProps {
  question: Question;
  onClose: () => void;
  onConfirm: () => void;
  /** Where the focus goes instead of to what had it before. */
  onFocusBack?: () => void;
}

/** Says who is about to lose what, each in a line, and waits to be told to go on. */
export function LossDialog({ question, onClose, onConfirm, onFocusBack }: LossDialogProps) {
  return (
    <AlertDialog
      isOpen
      onOpenChange={(isOpen) => !isOpen && onClose()}
      title={question.title}
      description={question.lines.map((line) => (
        <span key={line} className="mt-1 block first:mt-0">
          {line}
        </span>
      ))}
      confirmLabel={question.confirmLabel}
      onConfirm={onConfirm}
      onFocusBack={onFocusBack}
    />
  );
}
