"use client";
import { useTranslations } from "next-intl";
import { type FormEvent, useId, useRef, useState } from "react";
import { isAddress } from "#components/sharing/addresses.ts";
import { SuggestionBox } from "#components/sharing/suggestion-box.tsx";
import type { Suggestion } from "#components/sharing/use-suggestions.ts";
import { useSuggestions } from "#components/sharing/use-suggestions.ts";
import { Button } from "#components/ui/button.tsx";
import { controlClass } from "#components/ui/field-class.ts";
import { cn } from "#components/ui/cn.ts";
import type { Whose } from "./queries.ts";

/** Asks about anybody: a colleague by name, or whatever address. */
export function AskField({ onAsk }: { onAsk: (whose: Whose) => void }) {
  const t = useTranslations("access.ask");
  const id = useId();
  const input = useRef<HTMLInputElement>(null);
  const [text, setText] = useState("");
  const [problem, setProblem] = useState<string | null>(null);
  const options = useSuggestions(text, { hasGroups: false });
  function submit(event: FormEvent) {
    event.preventDefault();
    if (isAddress(text.trim())) onAsk({ email: text.trim() });
    else setProblem(t("noAddress"));
  }
  const choose = ({ personId, subject }: Suggestion) =>
    onAsk(personId ? { userId: personId } : { email: "email" in subject ? subject.email : "" });
  return (
    <form noValidate onSubmit={submit}>
      <label htmlFor={id} className="sr-only">
        {t("label")}
      </label>
      <div className="flex items-start gap-2">
        <SuggestionBox
          text={text}
          options={options}
          input={input}
          label={t("suggestions")}
          onChoose={choose}
          anchor={(combobox) => (
            <div
              className={cn(
                controlClass,
                "focus-within:border-accent flex h-8 min-w-0 flex-1 items-center px-1.5 focus-within:outline-2 focus-within:-outline-offset-1 focus-within:outline-(--accent) pointer-coarse:h-10",
              )}
            >
              <input
                {...combobox}
                ref={input}
                id={id}
                type="text"
                inputMode="email"
                autoComplete="off"
                autoCapitalize="off"
                spellCheck={false}
                value={text}
                placeholder={t("placeholder")}
                aria-invalid={problem !== null || undefined}
                aria-describedby={problem ? `${id}-problem` : undefined}
                onChange={(event) => {
                  setText(event.target.value);
                  setProblem(null);
                  combobox.onChange();
                }}
                className="placeholder:text-ink-faint h-6 min-w-0 flex-1 bg-transparent px-1.5 text-ellipsis outline-none"
              />
            </div>
          )}
        />
        <Button type="submit" disabled={text.trim() === ""}>
          {t("submit")}
        </Button>
      </div>
      <div id={`${id}-problem`} aria-live="polite" className="text-danger-ink mt-1.5 text-sm empty:hidden">
        {problem}
      </div>
    </form>
  );
}
