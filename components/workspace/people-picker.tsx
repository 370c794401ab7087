"use client";
import { useInfiniteQuery } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import {
  type ClipboardEvent,
  type KeyboardEvent,
  type ReactNode,
  type RefObject,
  useDeferredValue,
  useRef,
  useState,
} from "react";
import { itemsOf } from "#components/list-pages.ts";
import { splitAddresses } from "#components/sharing/addresses.ts";
import { fits } from "#components/sharing/fits.ts";
import { Avatar } from "#components/ui/avatar.tsx";
import { Chip } from "#components/ui/chip.tsx";
import { Combobox } from "#components/ui/combobox.tsx";
import { Field } from "#components/ui/field.tsx";
import { normalizeEmail } from "#lib/sharing/values.ts";
import { outsideGroupQuery } from "./queries.ts";

/** Somebody chosen from the list, or an address as it was typed. */
export interface Choice {
  /** The address. */
  key: string;
  label: string;
  userId?: string;
}

interface Picker {
  chosen: Choice[];
  setChosen: (chosen: Choice[]) => void;
  text: string;
  setText: (text: string) => void;
  /** Everything chosen, with what is typed and not chosen yet; the field is empty then. */
  takeAll: () => Choice[];
  focus: () => void;
  input: RefObject<HTMLInputElement | null>;
}

export function usePeoplePicker(): Picker {
  const [chosen, setChosen] = useState<Choice[]>([]);
  const [text, setText] = useState("");
  const input = useRef<HTMLInputElement>(null);
  return {
    chosen,
    setChosen,
    text,
    setText,
    input,
    focus: () => input.current?.focus(),
    takeAll() {
      const all = withAddresses(chosen, text);
      setChosen(all);
      setText("");
      return all;
    },
  };
}

function withAddresses(chosen: Choice[], typed: string): Choice[] {
  const taken = new Set(chosen.map(({ key }) => normalizeEmail(key)));
  const fresh = splitAddresses(typed).filter((address) => !taken.has(normalizeEmail(address)));
  return [...chosen, ...fresh.map((address) => ({ key: address, label: address }))];
}

interface PeoplePickerProps {
  picker: Picker;
  /** The group they are chosen for: who is in it is not offered. */
  groupId: string;
  error: ReactNode;
  onChange: () => void;
  action: ReactNode;
}

/**
 * A field for people of the workspace: typing offers them, the arrow keys and Enter choose, pasting takes many addresses
 * at once. Enter in an empty list sends the form.
 */
export function PeoplePicker({ picker, groupId, error, onChange, action }: PeoplePickerProps) {
  const t = useTranslations("people.picker");
  const { chosen, setChosen, text, setText, input } = picker;
  const q = useDeferredValue(text.trim());
  const isAsking = q !== "" && !/[\s,;]$/.test(text) && splitAddresses(q).length < 4;
  const query = useInfiniteQuery({ ...outsideGroupQuery(groupId, q), enabled: isAsking });
  const isEarlier = query.isPlaceholderData || q !== text.trim();
  const picked = new Set(chosen.map(({ userId }) => userId));
  const offered = isAsking
    ? itemsOf(query.data)
        .filter(({ id, name, email }) => !picked.has(id) && (!isEarlier || fits(text, name, email)))
        .slice(0, 8)
        .map(({ id, name, email }) => ({ key: id, label: name, facts: email }))
    : [];

  function onKeyDown(event: KeyboardEvent) {
    if ([",", ";"].includes(event.key) && text.includes("@")) {
      event.preventDefault();
      setChosen(withAddresses(chosen, text));
      setText("");
    } else if (event.key === "Backspace" && text === "" && chosen.length > 0) {
      setChosen(chosen.slice(0, -1));
    }
  }
  function onPaste(event: ClipboardEvent) {
    const pasted = event.clipboardData.getData("text");
    if (!pasted.includes("@") || splitAddresses(pasted).length < 2) return;
    event.preventDefault();
    setChosen(withAddresses(chosen, `${text} ${pasted}`));
    setText("");
    onChange();
  }
  return (
    <Field label={t("label")} hint={t("hint")} error={error}>
      {(control) => (
        <div className="flex flex-wrap items-start gap-2">
          <Combobox
            id={control.id}
            input={input}
            text={text}
            onText={(typed) => {
              setText(typed);
              onChange();
            }}
            options={offered}
            listLabel={t("suggestions")}
            iconOf={({ key, label }) => <Avatar id={key} name={label} />}
            isFirstMeant={!text.includes("@")}
            onChoose={({ key, label, facts }) => {
              setChosen([...chosen, { key: facts, label, userId: key }]);
              setText("");
              onChange();
            }}
            onKeyDown={onKeyDown}
            onPaste={onPaste}
            control={control}
            placeholder={chosen.length === 0 ? t("placeholder") : undefined}
            className="flex-1 basis-64"
            chips={chosen.map((choice) => (
              <Chip
                key={choice.key}
                label={choice.label}
                title={choice.key}
                removeLabel={t("unchoose", { name: choice.label })}
                onRemove={() => {
                  setChosen(chosen.filter((other) => other !== choice));
                  input.current?.focus();
                }}
              />
            ))}
          />
          {action}
        </div>
      )}
    </Field>
  );
}
