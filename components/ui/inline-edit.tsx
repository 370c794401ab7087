"use client";
import { type KeyboardEvent, type ReactNode, useRef, useState } from "react";
import { cn } from "./cn.ts";

/** What somebody saw when they began to edit. Others may save meanwhile; only this tells whether they did. */
export interface Seen {
  value: string;
  version: number;
}

interface InlineEditProps {
  value: string;
  /** The version that `value` is of, for what is saved by version. */
  version?: number;
  /** The field's name, and the button's: "Name of the collection". */
  label: string;
  /** Shown faintly while there is no text. */
  placeholder?: string;
  isMultiline?: boolean;
  isRequired?: boolean;
  maxLength: number;
  /** Starts as a field with this text, to go on with what could not be saved. */
  startWith?: { text: string; seen: Seen };
  /** Called when the text differs from what was seen when editing began, even if that was replaced meanwhile. */
  onSave: (text: string, seen: Seen) => void;
  /** Typography shared by the text and its field. */
  className?: string;
  /** How the text is shown while it is not edited; the text itself by default. */
  children?: ReactNode;
}

/** Text that turns into a field where it stands. Enter (with Ctrl or ⌘ when it has lines) and leaving save, Escape drops. */
export function InlineEdit({
  value,
  version = 0,
  label,
  placeholder,
  isMultiline = false,
  isRequired = false,
  maxLength,
  startWith,
  onSave,
  className,
  children,
}: InlineEditProps) {
  const [draft, setDraft] = useState(startWith ?? null);
  const button = useRef<HTMLButtonElement>(null);
  /** Escape blurs too, which must not save. */
  const isDropped = useRef(false);

  function finish() {
    const text = draft?.text.trim();
    setDraft(null);
    const isKept = text === undefined || text === draft?.seen.value || (isRequired && text === "");
    if (draft && !isKept && !isDropped.current) onSave(text, draft.seen);
    isDropped.current = false;
  }
  function onKeyDown(event: KeyboardEvent<HTMLTextAreaElement>) {
    const isSave = event.key === "Enter" && (!isMultiline || event.ctrlKey || event.metaKey);
    if (!isSave && event.key !== "Escape") return;
    if (event.nativeEvent.isComposing) return;
    event.preventDefault();
    event.stopPropagation();
    isDropped.current = event.key === "Escape";
    finish();
    requestAnimationFrame(() => button.current?.focus());
  }
  // the same box in both states, so that nothing moves
  const boxClass = cn(
    "-mx-2 block w-[calc(100%+1rem)] rounded-md px-2 py-0.5 text-left break-words",
    className,
  );
  if (draft === null) {
    return (
      <button
        ref={button}
        type="button"
        aria-label={value ? `${value}. ${label}` : label}
        title={label}
        onClick={() => setDraft({ text: value, seen: { value, version } })}
        className={cn(boxClass, "hover:bg-hover cursor-text! whitespace-pre-wrap transition-colors")}
      >
        {children ?? value}
        {!value && <span className="text-ink-faint">{placeholder}</span>}
      </button>
    );
  }
  return (
    <textarea
      // replaces the button that was pressed, so it takes the focus over
      autoFocus
      rows={1}
      aria-label={label}
      value={draft.text}
      maxLength={maxLength}
      placeholder={placeholder}
      onFocus={(event) => event.currentTarget.setSelectionRange(draft.text.length, draft.text.length)}
      onChange={({ target: { value: typed } }) =>
        setDraft({ ...draft, text: isMultiline ? typed : typed.replace(/\n/g, " ") })
      }
      onKeyDown={onKeyDown}
      onBlur={finish}
      className={cn(
        boxClass,
        "bg-surface field-sizing-content resize-none outline-2 outline-(--accent) focus-visible:outline-offset-0",
      )}
    />
  );
}
