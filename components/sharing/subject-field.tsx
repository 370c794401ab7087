"use client";
import { useQueryClient } from "@tanstack/react-query";
import { UsersRound, X } from "lucide-react";
import { useTranslations } from "next-intl";
import { type ClipboardEvent, type KeyboardEvent, type RefObject, useId } from "react";
import { cn } from "#components/ui/cn.ts";
import { controlClass } from "#components/ui/field-class.ts";
import { splitAddresses } from "./addresses.ts";
import { type Subject, subjectKey, subjectsQuery } from "./queries.ts";
import { SuggestionBox } from "./suggestion-box.tsx";
import { useSuggestions } from "./use-suggestions.ts";

/** Somebody or a group that was chosen, or an address that was typed. */
export interface Chip {
  subject: Subject;
  label: string;
  /** Why it can't be added; shown under the field. */
  error: string | null;
}
export const chipKey = ({ subject }: Pick<Chip, "subject">): string => subjectKey(subject);

interface SubjectFieldProps {
  input: RefObject<HTMLInputElement | null>;
  text: string;
  onText: (text: string) => void;
  chips: readonly Chip[];
  onChips: (chips: Chip[]) => void;
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
      <SuggestionBox
        text={text}
        options={options}
        input={input}
        label={t("suggestions")}
        onChoose={({ subject, label }) => {
          onChips([...chips, { subject, label, error: null }]);
          onText("");
        }}
        onKeyDown={onKeyDown}
        anchor={(combobox) => (
          <div
            className={cn(
              controlClass,
              "focus-within:border-accent flex max-h-40 min-h-8 min-w-0 flex-1 basis-64 flex-wrap items-center gap-1 overflow-y-auto px-1.5 py-[3px] focus-within:outline-2 focus-within:-outline-offset-1 focus-within:outline-(--accent) pointer-coarse:min-h-10",
            )}
            onMouseDown={(event) => {
              if (event.target !== event.currentTarget) return;
              event.preventDefault();
              input.current?.focus();
            }}
          >
            {chips.map((chip) => (
              <ChipView
                key={chipKey(chip)}
                chip={chip}
                onRemove={() => {
                  onChips(chips.filter((other) => other !== chip));
                  input.current?.focus();
                }}
              />
            ))}
            <input
              {...combobox}
              ref={input}
              id={id}
              // on touch screens a keyboard would cover the people
              data-autofocus={window.matchMedia("(pointer: fine)").matches || undefined}
              type="text"
              inputMode="email"
              autoComplete="off"
              autoCapitalize="off"
              spellCheck={false}
              aria-invalid={hasFault || undefined}
              aria-describedby={hasFault ? errorId : undefined}
              value={text}
              placeholder={chips.length === 0 ? t("placeholder") : undefined}
              onChange={(event) => {
                onText(event.target.value);
                combobox.onChange();
              }}
              onPaste={onPaste}
              className="placeholder:text-ink-faint h-6 min-w-32 flex-1 bg-transparent px-1.5 text-ellipsis outline-none"
            />
          </div>
        )}
      />
    </>
  );
}

function ChipView({ chip, onRemove }: { chip: Chip; onRemove: () => void }) {
  const t = useTranslations("share.add");
  const isGroup = "group" in chip.subject;
  return (
    <span
      className={cn(
        "flex h-6 max-w-full items-center gap-0.5 rounded-sm text-sm",
        isGroup ? "pl-1.5" : "pl-2",
        chip.error ? "bg-danger-soft text-danger-ink" : "bg-sunken",
      )}
    >
      {isGroup && <UsersRound aria-hidden className="text-ink-muted mr-1 size-3.5 shrink-0" />}
      <span className="truncate">{chip.label}</span>
      <button
        type="button"
        aria-label={t("removeChip", { address: chip.label })}
        onClick={onRemove}
        className="hover:bg-hover grid size-6 shrink-0 place-items-center rounded-sm"
      >
        <X aria-hidden className="size-3" />
      </button>
    </span>
  );
}
