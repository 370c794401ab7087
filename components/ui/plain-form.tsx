"use client";
import type { ReactNode } from "react";
import type { FormOutcome } from "#lib/http/schema.ts";
import { buttonClass } from "./button-class.ts";
import { Card } from "./card.tsx";
import { Field } from "./field.tsx";
import { Input } from "./input.tsx";

/** A server action of a form. */
export type FormAction = (fields: FormData) => Promise<void>;

interface PlainFormProps {
  action: FormAction;
  outcome?: FormOutcome | null;
  title: string;
  submit: string;
  /** Said after it was done, where the page stays. */
  done?: string;
  fields?: readonly { name: string; label: string; type?: string; value?: string; maxLength?: number }[];
  /** Beside the fields that people see. */
  hidden?: Record<string, string>;
  children?: ReactNode;
}

/** A form for browsers without scripts, where the dialog that does the same can't open. Nobody else sees it. */
export function PlainForm({
  action,
  outcome,
  title,
  submit,
  done,
  fields,
  hidden,
  children,
}: PlainFormProps) {
  const errorOf = (name: string) => outcome?.errors.find(({ path }) => path === name)?.message;
  const isNamed = fields?.some(({ name }) => errorOf(name));
  return (
    <noscript>
      <Card className="m-6 max-w-130 p-5">
        <h2 className="font-semibold">{title}</h2>
        {outcome?.isDone && done && <p role="status">{done}</p>}
        {outcome && !outcome.isDone && !isNamed && (
          <p role="alert" className="text-danger-ink">
            {outcome.detail}
          </p>
        )}
        <form action={action} className="mt-4 flex flex-col gap-4">
          {Object.entries(hidden ?? {}).map(([name, value]) => (
            <input key={name} type="hidden" name={name} value={value} />
          ))}
          {fields?.map(({ name, label, value, ...rest }) => (
            <Field key={name} label={label} error={errorOf(name)}>
              {(control) => (
                <Input
                  {...control}
                  {...rest}
                  name={name}
                  defaultValue={(outcome?.isDone ? undefined : outcome?.values[name]) ?? value}
                />
              )}
            </Field>
          ))}
          {children}
          <div>
            <button className={buttonClass({ variant: "primary" })}>{submit}</button>
          </div>
        </form>
      </Card>
    </noscript>
  );
}
