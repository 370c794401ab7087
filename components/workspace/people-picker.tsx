"use client";
import { useInfiniteQuery } from "@tanstack/react-query";
import { X } from "lucide-react";
import { useTranslations } from "next-intl";
import {
  type ClipboardEvent,
  type KeyboardEvent,
  type ReactNode,
  type RefObject,
  useDeferredValue,
  useId,
  useRef,
  useState,
} from "react";
import { itemsOf } from "#components/list-pages.ts";
import { splitAddresses } from "#components/sharing/addresses.ts";
import { fits } from "#components/sharing/fits.ts";
import { Avatar } from "#components/ui/avatar.tsx";
import { cn } from "#components/ui/cn.ts";
import { Field } from "#components/ui/field.tsx";
import { controlClass } from "#components/ui/field-class.ts";
import { layerClass } from "#components/ui/layer-class.ts";
import { normalizeEmail } from "#lib/sharing/schema.ts";
import type { MemberView } from "#lib/workspaces/schema.ts";
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
  const listId = useId();
  const { chosen, setChosen, text, setText, input } = picker;
  const q = useDeferredValue(text.trim());
  const isAsking = q !== "" && !/[\s,;]$/.test(text) && splitAddresses(q).length < 4;
  const query = useInfiniteQuery({ ...outsideGroupQuery(groupId, q), enabled: isAsking });
  const isEarlier = query.isPlaceholderData || q !== text.trim();
  const [isOpen, setOpen] = useState(false);
  const [at, setAt] = useState(0);
  const picked = new Set(chosen.map(({ userId }) => userId));
  const offered = isAsking
    ? itemsOf(query.data)
        .filter(({ id, name, email }) => !picked.has(id) && (!isEarlier || fits(text, name, email)))
        .slice(0, 8)
    : [];
  const isShown = isOpen && offered.length > 0;
  const active = isShown ? offered[Math.min(at, offered.length - 1)] : undefined;

  function choose(person: MemberView) {
    setChosen([...chosen, { key: person.email, label: person.name, userId: person.id }]);
    setText("");
    setOpen(false);
    onChange();
    input.current?.focus();
  }
  function onKeyDown(event: KeyboardEvent) {
    if (event.nativeEvent.isComposing) return;
    if (isShown && (event.key === "ArrowDown" || event.key === "ArrowUp")) {
      event.preventDefault();
      const step = event.key === "ArrowDown" ? 1 : -1;
      setAt((Math.min(at, offered.length - 1) + step + offered.length) % offered.length);
    } else if (event.key === "Enter" && active && !text.includes("@")) {
      event.preventDefault();
      choose(active);
    } else if (event.key === "Escape" && isShown) {
      event.preventDefault();
      event.stopPropagation();
      setOpen(false);
    } else if ([",", ";"].includes(event.key) && text.includes("@")) {
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
          <div className="relative min-w-0 flex-1 basis-64">
            <div
              className={cn(
                controlClass,
                "focus-within:border-accent flex max-h-40 min-h-8 flex-wrap items-center gap-1 overflow-y-auto px-1.5 py-[3px] focus-within:outline-2 focus-within:-outline-offset-1 focus-within:outline-(--accent) pointer-coarse:min-h-10",
              )}
              onMouseDown={(event) => {
                if (event.target !== event.currentTarget) return;
                event.preventDefault();
                input.current?.focus();
              }}
            >
              {chosen.map((choice) => (
                <Chip
                  key={choice.key}
                  choice={choice}
                  onDrop={() => {
                    setChosen(chosen.filter((other) => other !== choice));
                    input.current?.focus();
                  }}
                />
              ))}
              <input
                {...control}
                ref={input}
                role="combobox"
                aria-expanded={isShown}
                aria-controls={listId}
                aria-autocomplete="list"
                aria-activedescendant={active ? `${listId}-${active.id}` : undefined}
                value={text}
                placeholder={chosen.length === 0 ? t("placeholder") : undefined}
                autoComplete="off"
                autoCapitalize="off"
                spellCheck={false}
                onChange={(event) => {
                  setText(event.target.value);
                  setOpen(true);
                  setAt(0);
                  onChange();
                }}
                onBlur={() => setOpen(false)}
                onKeyDown={onKeyDown}
                onPaste={onPaste}
                className="placeholder:text-ink-faint h-6 min-w-32 flex-1 bg-transparent px-1.5 outline-none"
              />
            </div>
            <ul
              id={listId}
              role="listbox"
              aria-label={t("suggestions")}
              hidden={!isShown}
              className={cn(layerClass, "absolute inset-x-0 top-full z-40 mt-1 p-1 [&[hidden]]:hidden")}
            >
              {isShown &&
                offered.map((person) => (
                  <Option
                    key={person.id}
                    id={`${listId}-${person.id}`}
                    person={person}
                    isActive={person === active}
                    onChoose={() => choose(person)}
                  />
                ))}
            </ul>
          </div>
          {action}
        </div>
      )}
    </Field>
  );
}

function Chip({ choice, onDrop }: { choice: Choice; onDrop: () => void }) {
  const t = useTranslations("people.picker");
  return (
    <span
      title={choice.key}
      className="bg-sunken flex h-6 max-w-full items-center gap-0.5 rounded-sm pl-2 text-sm"
    >
      <span className="truncate">{choice.label}</span>
      <button
        type="button"
        aria-label={t("unchoose", { name: choice.label })}
        onClick={onDrop}
        className="hover:bg-hover grid size-6 place-items-center rounded-sm"
      >
        <X aria-hidden className="size-3" />
      </button>
    </span>
  );
}

interface OptionProps {
  id: string;
  person: MemberView;
  isActive: boolean;
  onChoose: () => void;
}

function Option({ id, person, isActive, onChoose }: OptionProps) {
  return (
    <li
      id={id}
      role="option"
      aria-selected={isActive}
      // the field keeps the focus
      onMouseDown={(event) => event.preventDefault()}
      onClick={onChoose}
      className={cn(
        "hover:bg-hover flex min-h-10 cursor-pointer items-center gap-2.5 rounded-sm px-2 py-1 select-none",
        isActive && "bg-hover",
      )}
    >
      <Avatar id={person.id} name={person.name} size="sm" />
      <span className="min-w-0 flex-1">
        <span className="block truncate">{person.name}</span>
        <span className="text-ink-muted block truncate text-sm">{person.email}</span>
      </span>
    </li>
  );
}
