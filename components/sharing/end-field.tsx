"use client";
import { useTranslations } from "next-intl";
import { type RefObject, useId, useRef, useState } from "react";
import { Input } from "#components/ui/input.tsx";
import { Select } from "#components/ui/select.tsx";
import { endProblem, type ExpiryChoice, expiryChoices, expiryOf, today } from "./expiry.ts";

interface EndFieldProps {
  choice: ExpiryChoice;
  /** As a date field has it. */
  day: string;
  problem: ReturnType<typeof endProblem>;
  dayField: RefObject<HTMLInputElement | null>;
  onChoice: (choice: ExpiryChoice) => void;
  onDay: (day: string) => void;
  /** Has the focus first in a dialog. */
  isFirst?: boolean;
}

/** The state of an `EndField`; `current` is an end as ISO 8601, null for none. */
export function useEnd(current: string | null = null) {
  const [choice, setChoice] = useState<ExpiryChoice>(current ? "date" : "never");
  const [day, setDay] = useState(current ? today(new Date(current)) : "");
  /** What is wrong with the day is said once it was to be used, not while it is typed. */
  const [isChecked, setChecked] = useState(false);
  const dayField = useRef<HTMLInputElement>(null);
  const problem = endProblem(choice, day);
  const field: EndFieldProps = {
    ...{ choice, day, dayField, problem: isChecked ? problem : null, onDay: setDay },
    onChoice(next) {
      setChoice(next);
      setChecked(false);
    },
  };
  /** The end, as ISO 8601 or null for none; undefined where the field says what is missing. */
  function read(): string | null | undefined {
    setChecked(problem !== null);
    if (problem === null) return expiryOf(choice, day);
    dayField.current?.focus();
  }
  return { field, read };
}

/** When access ends: never, after a while, or with a day of choice. */
export function EndField({ choice, day, problem, dayField, onChoice, onDay, isFirst }: EndFieldProps) {
  const t = useTranslations("share");
  const id = useId();
  return (
    <>
      <span>{t("ends")}</span>
      <Select
        aria-label={t("ends")}
        data-autofocus={isFirst || undefined}
        variant="plain"
        value={choice}
        onValueChange={onChoice}
        options={expiryChoices.map((value) => ({ value, label: t(`expiry.${value}`) }))}
      />
      {choice === "date" && (
        <span className="w-40">
          <Input
            ref={dayField}
            type="date"
            aria-label={t("endDate")}
            aria-invalid={problem !== null || undefined}
            aria-describedby={problem ? id : undefined}
            min={today()}
            value={day}
            onChange={(event) => onDay(event.target.value)}
          />
        </span>
      )}
      {/* always there, so that assistive technology hears the change */}
      <span id={id} aria-live="polite" className="text-danger-ink empty:hidden">
        {problem && t(problem)}
      </span>
    </>
  );
}
