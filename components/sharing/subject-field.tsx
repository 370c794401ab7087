"use client";
import { useQueryClient } from "@tanstack/react-query";
import { UsersRound } from "lucide-react";
import { useTranslations } from "next-intl";
import { type ClipboardEvent, type KeyboardEvent, type RefObject, useId } from "react";
import { Chip } from "#components/ui/chip.tsx";
import { Combobox } from "#components/ui/combobox.tsx";
import { isAddress, splitAddresses } from "./addresses.ts";
import { type Subject, subjectKey, subjectsQuery } from "./queries.ts";
import { subjectIcon } from "./subject-icon.tsx";
import { useSuggestions } from "./use-suggestions.ts";

/** Somebody or a group that was chosen, or an address that was typed. */
export interface ChosenSubject {
  subject: Subject;
  label: string;
  /** Why it can't be added; shown under the field. */
  error: string | null;
}
export const chipKey = ({ subject }: Pick<ChosenSubject, "subject">): string => subjectKey(subject);

interface SubjectFieldProps {
  input: RefObject<HTMLInputElement | null>;
  text: string;
  onText: (text: string) => void;
  chips: readonly ChosenSubject[];
  onChips: (chips: ChosenSubject[]) => void;
  /** What has access already, by `subjectKey`. */
  taken: ReadonlySet<string>;
  /** Turns typed text into chips, beside those there are. */
  onCollect: (text: string) => void;
  errorId: string;
}

/** A field that takes people, groups and addresses: suggestions while typing, chips for what was chosen, lists by paste. */
export function SubjectField(props: SubjectFieldProps) {
  const { input, text, onText, chips, onChips, taken, onCollect, errorId } = props;
  const t = useTranslations("share.add");
  const client = useQueryClient();
  const id = useId();
  const options = useSuggestions(text, { taken, chosen: new Set(chips.map(chipKey)) });
  const hasFault = chips.some(({ error }) => error !== null);

  /** Enter before the suggestions have come: whoever fits best, or else the text as it stands. */
  async function resolve(typed: string) {
    const found = await client.fetchQuery(subjectsQuery(typed)).catch(() => null);
    if (input.current?.value.trim() !== typed) return;
    const [group, person] = [found?.groups[0], found?.people[0]];
    const subject = group ? { group } : person && { email: person.email };
    if (!subject || taken.has(subjectKey(subject))) return onCollect(typed);
    onChips([...chips, { subject, label: (group ?? person)!.name, error: null }]);
    onText("");
  }
  function onKeyDown(event: KeyboardEvent) {
    const typed = text.trim();
    if (event.key === "Enter" && typed && !typed.includes("@") && options.length === 0) {
      event.preventDefault();
      void resolve(typed.slice(0, 80));
    } else if ([",", ";"].includes(event.key) || (event.key === " " && text.includes("@"))) {
      if (!text.trim()) return;
      event.preventDefault();
      onCollect(text);
    } else if (event.key === "Backspace" && text === "" && chips.length > 0) {
      onChips(chips.slice(0, -1));
    }
  }
  function onPaste(event: ClipboardEvent) {
    const pasted = event.clipboardData.getData("text");
    if (splitAddresses(pasted).length < 2 && !pasted.includes("<")) return;
    event.preventDefault();
    onCollect(`${text} ${pasted}`);
  }
  return (
    <>
      <label htmlFor={id} className="sr-only">
        {t("label")}
      </label>
      <Combobox
        id={id}
        input={input}
        text={text}
        onText={onText}
        options={options}
        listLabel={t("suggestions")}
        iconOf={subjectIcon}
        isFirstMeant={!isAddress(text.trim())}
        onChoose={({ subject, label }) => {
          onChips([...chips, { subject, label, error: null }]);
          onText("");
        }}
        onKeyDown={onKeyDown}
        onPaste={onPaste}
        control={{
          // on touch screens a keyboard would cover the people
          "data-autofocus": window.matchMedia("(pointer: fine)").matches || undefined,
          "aria-invalid": hasFault || undefined,
          "aria-describedby": hasFault ? errorId : undefined,
        }}
        placeholder={chips.length === 0 ? t("placeholder") : undefined}
        className="flex-1 basis-64"
        chips={chips.map((chip) => (
          <Chip
            key={chipKey(chip)}
            label={chip.label}
            icon={
              "group" in chip.subject && (
                <UsersRound aria-hidden className="text-ink-muted mr-1 size-3.5 shrink-0" />
              )
            }
            isFaulty={chip.error !== null}
            removeLabel={t("removeChip", { address: chip.label })}
            onRemove={() => {
              onChips(chips.filter((other) => other !== chip));
              input.current?.focus();
            }}
          />
        ))}
      />
    </>
  );
}
