"use client";
import { type KeyboardEvent, type ReactNode, useId, useRef, useState } from "react";
import { useErrorText } from "#components/use-error-text.ts";
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
  /**
   * Called when the text differs from what was seen when editing began, even if that was replaced meanwhile. Until it
   * ends the text is shown as saved; when it throws, the field is back with the text and the reason.
   */
  onSave: (text: string, seen: Seen) => Promise<unknown>;
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
  const textOf = useErrorText();
  const problemId = useId();
  const [draft, setDraft] = useState(startWith ?? null);
  const [saving, setSaving] = useState<string | null>(null);
  /** Why the last try failed, said until one succeeds. Whoever has gone elsewhere since is not called back. */
  const [failure, setFailure] = useState<{ error: unknown; text: string; isCalledBack: boolean } | null>(
    null,
  );
  const shown = saving ?? value;
  const button = useRef<HTMLButtonElement>(null);
  /** Escape blurs too, which must not save. */
  const isDropped = useRef(false);

  function finish() {
    const text = draft?.text.trim();
    setDraft(null);
    const isKept = text === undefined || text === draft?.seen.value || (isRequired && text === "");
    if (draft && !isKept && !isDropped.current) void save({ text, seen: draft.seen });
    else setFailure(null);
    isDropped.current = false;
  }
  async function save(next: { text: string; seen: Seen }) {
    setSaving(next.text);
    try {
      await onSave(next.text, next.seen);
      setFailure(null);
    } catch (error) {
      const { activeElement, body } = document;
      const isCalledBack = activeElement === button.current || activeElement === body;
      setFailure({ error, text: next.text, isCalledBack });
      setDraft((current) => current ?? next);
    } finally {
      setSaving((current) => (current === next.text ? null : current));
    }
  }
  /** Leaving saves, but does not try the same once more. */
  function leave() {
    if (failure?.text !== draft?.text.trim()) finish();
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
  const problem = failure && (
    // headings hold no paragraphs
    <span
      id={problemId}
      role="alert"
      className="text-danger-ink mt-1 mb-2 block font-sans text-sm font-normal tracking-normal"
    >
      {textOf(failure.error)}
    </span>
  );
  if (draft === null) {
    return (
      <>
        <button
          ref={button}
          type="button"
          aria-label={shown ? `${shown}. ${label}` : label}
          title={label}
          onClick={() => setDraft({ text: shown, seen: { value: shown, version } })}
          className={cn(boxClass, "hover:bg-hover cursor-text! whitespace-pre-wrap transition-colors")}
        >
          {children ?? shown}
          {!shown && <span className="text-ink-faint">{placeholder}</span>}
        </button>
        {problem}
      </>
    );
  }
  return (
    <>
      <textarea
        // replaces the button that was pressed, so it takes the focus over
        autoFocus={failure?.isCalledBack ?? true}
        rows={1}
        aria-label={label}
        aria-invalid={failure !== null}
        aria-describedby={failure ? problemId : undefined}
        value={draft.text}
        maxLength={maxLength}
        placeholder={placeholder}
        onFocus={(event) => event.currentTarget.setSelectionRange(draft.text.length, draft.text.length)}
        onChange={({ target: { value: typed } }) =>
          setDraft({ ...draft, text: isMultiline ? typed : typed.replace(/\n/g, " ") })
        }
        onKeyDown={onKeyDown}
        onBlur={leave}
        className={cn(
          boxClass,
          "bg-surface field-sizing-content resize-none outline-2 outline-(--accent) focus-visible:outline-offset-0",
          failure && "outline-danger",
        )}
      />
      {problem}
    </>
  );
}
