"use client";
import { useTranslations } from "next-intl";
import { type FormEvent, useId, useRef, useState } from "react";
import { isAddress } from "#components/sharing/addresses.ts";
import { subjectIcon } from "#components/sharing/subject-icon.tsx";
import type { Suggestion } from "#components/sharing/use-suggestions.ts";
import { useSuggestions } from "#components/sharing/use-suggestions.ts";
import { Button } from "#components/ui/button.tsx";
import { Combobox } from "#components/ui/combobox.tsx";
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
        <Combobox
          id={id}
          input={input}
          text={text}
          onText={(typed) => {
            setText(typed);
            setProblem(null);
          }}
          options={options}
          listLabel={t("suggestions")}
          iconOf={subjectIcon}
          isFirstMeant={!isAddress(text.trim())}
          onChoose={choose}
          control={{
            "aria-invalid": problem !== null || undefined,
            "aria-describedby": problem ? `${id}-problem` : undefined,
          }}
          placeholder={t("placeholder")}
          className="flex-1"
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
