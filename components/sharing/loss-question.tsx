"use client";
import { InlineQuestion } from "#components/ui/inline-question.tsx";
import type { Question } from "./use-loss.ts";

interface LossQuestionProps {
  question: Question;
  onClose: () => void;
  onConfirm: () => void;
  className?: string;
}

/** Says who is about to lose what, each in a line, and waits to be told to go on. */
export function LossQuestion({ question, onClose, onConfirm, className }: LossQuestionProps) {
  return (
    <InlineQuestion
      title={question.title}
      confirmLabel={question.confirmLabel}
      isDangerous
      onCancel={onClose}
      onConfirm={onConfirm}
      className={className}
    >
      {question.lines.map((line) => (
        <p key={line}>{line}</p>
      ))}
    </InlineQuestion>
  );
}
