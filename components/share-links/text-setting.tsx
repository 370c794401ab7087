"use client";
import { type ComponentProps, type FormEvent, type ReactNode, useState } from "react";
import { Field } from "#components/ui/field.tsx";
import { Input } from "#components/ui/input.tsx";

type Read<Value> = { value: Value; problem?: undefined } | { problem: string };

interface TextSettingProps<Value> extends Pick<
  ComponentProps<"input">,
  "placeholder" | "maxLength" | "inputMode"
> {
  label: string;
  hint: ReactNode;
  aside: ReactNode;
  /** As it is now. */
  value: string;
  /** What a text stands for, or what is wrong with it. */
  read: (text: string) => Read<Value>;
  onChange: (value: Value) => void;
}

/** A text that is kept when it is left or by Enter. What others change meanwhile shows, unless it is being typed in. */
export function TextSetting<Value>(props: TextSettingProps<Value>) {
  const { label, hint, aside, value, read, onChange, ...input } = props;
  const [draft, setDraft] = useState<string | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  function keep() {
    if (draft === null) return;
    const found = read(draft);
    setProblem(found.problem ?? null);
    if (found.problem !== undefined) return;
    setDraft(null);
    if (draft.trim() !== value) onChange(found.value);
  }
  function submit(event: FormEvent) {
    event.preventDefault();
    keep();
  }
  return (
    <form onSubmit={submit} noValidate>
      <Field label={label} hint={hint} error={problem} aside={aside}>
        {(control) => (
          <Input
            {...control}
            {...input}
            value={draft ?? value}
            onChange={(event) => setDraft(event.target.value)}
            onBlur={keep}
            autoComplete="off"
          />
        )}
      </Field>
    </form>
  );
}
