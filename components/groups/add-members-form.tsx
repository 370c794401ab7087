"use client";
import { useTranslations } from "next-intl";
import { type FormEvent, type KeyboardEvent, useRef, useState } from "react";
import { splitAddresses } from "#components/sharing/addresses.ts";
import { Button } from "#components/ui/button.tsx";
import { Field } from "#components/ui/field.tsx";
import { Textarea } from "#components/ui/textarea.tsx";
import { useErrorText } from "#components/use-error-text.ts";
import type { ChangedMembersView } from "#lib/groups/schema.ts";
import { useAddMembers } from "./queries.ts";

/** More than these are not told one by one: they stand in the field. */
const TOLD_REFUSALS = 20;

/** Adds people by address, many at once. Who could not be added stays in the field, with the reason under it. */
export function AddMembersForm({ id }: { id: string }) {
  const t = useTranslations("groups.members");
  const textOf = useErrorText();
  const field = useRef<HTMLTextAreaElement>(null);
  const [text, setText] = useState("");
  const [problem, setProblem] = useState<string | null>(null);
  const [answer, setAnswer] = useState<ChangedMembersView | null>(null);
  const add = useAddMembers(id);

  async function submit() {
    if (add.isPending) return;
    const emails = splitAddresses(text);
    setAnswer(null);
    setProblem(emails.length === 0 ? t("noAddress") : null);
    field.current?.focus();
    if (emails.length === 0) return;
    try {
      const done = await add.mutateAsync(emails);
      setAnswer(done);
      setText(done.refused.map(({ value }) => value).join(", "));
    } catch (error) {
      setProblem(textOf(error));
    }
  }
  function onKeyDown(event: KeyboardEvent) {
    // as in a field of one line; Shift and Enter make another
    if (event.key !== "Enter" || event.shiftKey || event.nativeEvent.isComposing) return;
    event.preventDefault();
    void submit();
  }
  return (
    <form
      noValidate
      onSubmit={(event: FormEvent) => {
        event.preventDefault();
        void submit();
      }}
      className="border-line mb-5 border-b pb-5"
    >
      <Field label={t("label")} hint={t("hint")} error={problem}>
        {(control) => (
          <div className="flex flex-wrap items-start gap-2">
            <Textarea
              {...control}
              ref={field}
              rows={2}
              value={text}
              placeholder={t("placeholder")}
              autoComplete="off"
              autoCapitalize="off"
              spellCheck={false}
              onChange={(event) => {
                setText(event.target.value);
                setProblem(null);
              }}
              onKeyDown={onKeyDown}
              className="w-auto min-w-0 flex-1 basis-64"
            />
            <Button type="submit" variant="primary" isBusy={add.isPending}>
              {t("add")}
            </Button>
          </div>
        )}
      </Field>
      <div aria-live="polite" className="mt-2 text-sm empty:hidden">
        {answer && <Outcome answer={answer} />}
      </div>
    </form>
  );
}

function Outcome({ answer: { changed, unchanged, refused } }: { answer: ChangedMembersView }) {
  const t = useTranslations("groups.members");
  return (
    <>
      <p className="text-ink-muted">
        {t("added", { count: changed.length })}
        {unchanged.length > 0 && ` ${t("unchanged", { count: unchanged.length })}`}
      </p>
      {refused.length > 0 && (
        <div className="text-danger-ink mt-1">
          <p>{t("refused", { count: refused.length })}</p>
          <ul className="mt-0.5 flex flex-col gap-0.5">
            {refused.slice(0, TOLD_REFUSALS).map(({ value, reason }) => (
              <li key={value} className="wrap-anywhere">
                <span className="font-medium">{value}</span>: {t(`reasons.${reason}`)}
              </li>
            ))}
            {refused.length > TOLD_REFUSALS && <li>…</li>}
          </ul>
        </div>
      )}
    </>
  );
}
