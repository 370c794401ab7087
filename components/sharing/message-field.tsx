"use client";
import { ChevronRight } from "lucide-react";
import { useTranslations } from "next-intl";
import { useEffect, useId, useRef, useState } from "react";
import { cn } from "#components/ui/cn.ts";
import { Textarea } from "#components/ui/textarea.tsx";

/** As the API takes it. */
const mostLetters = 500;
/** From here on it is told how many are left. */
const fewLeft = 100;

interface MessageProps {
  id: string;
  text: string;
  isOpen: boolean;
  onText: (text: string) => void;
  onOpen: (isOpen: boolean) => void;
}

/** The state of a message to those who are invited. */
export function useMessage() {
  const id = useId();
  const [text, setText] = useState("");
  const [isOpen, setOpen] = useState(false);
  const field: MessageProps = { id, text, isOpen, onText: setText, onOpen: setOpen };
  function clear() {
    setText("");
    setOpen(false);
  }
  return { text, field, clear };
}

/** Folds the message in and out; what was typed stays and is sent, and a folded message says that it is there. */
export function MessageToggle({ id, text, isOpen, onOpen }: MessageProps) {
  const t = useTranslations("share.message");
  return (
    <button
      type="button"
      aria-expanded={isOpen}
      aria-controls={id}
      onClick={() => onOpen(!isOpen)}
      className="hover:bg-hover hover:text-ink -ml-2 flex h-8 items-center gap-1 rounded-md px-2 transition-colors pointer-coarse:h-10"
    >
      <ChevronRight
        aria-hidden
        className={cn(
          "size-4 shrink-0 transition-transform motion-reduce:transition-none",
          isOpen && "rotate-90",
        )}
      />
      {t(!isOpen && text.trim() !== "" ? "written" : "toggle")}
    </button>
  );
}

export function MessageField({ id, text, isOpen, onText }: MessageProps) {
  const t = useTranslations("share.message");
  const field = useRef<HTMLTextAreaElement>(null);
  const left = mostLetters - text.length;
  useEffect(() => {
    if (isOpen) field.current?.focus();
  }, [isOpen]);
  return (
    <div id={id} hidden={!isOpen} className="mt-2">
      <Textarea
        ref={field}
        aria-label={t("label")}
        aria-describedby={`${id}-hint`}
        placeholder={t("placeholder")}
        maxLength={mostLetters}
        value={text}
        onChange={(event) => onText(event.target.value)}
      />
      <p id={`${id}-hint`} className="text-ink-muted mt-1 text-sm">
        {left <= fewLeft ? t("left", { count: left }) : t("hint")}
      </p>
    </div>
  );
}
