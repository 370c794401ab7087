"use client";
import {
  type ChangeEvent,
  type FocusEvent,
  type ReactNode,
  type SubmitEvent,
  useEffectEvent,
  useLayoutEffect,
  useRef,
  useState,
} from "react";
import { ApiError } from "#components/api-error.ts";
import { ErrorText } from "#components/ui/error-text.tsx";
import type { FormAction } from "#components/ui/plain-form.tsx";
import type { FormOutcome } from "#lib/http/schema.ts";

type Values<Field extends string> = Record<Field, string>;
/** By field. */
type Errors = ReadonlyMap<string, string>;

/** What the page of a form hands it, so that it works without scripts, too. */
export interface SentForm {
  /** What came of it, when it was just sent without. */
  outcome: FormOutcome | null;
  /** Sends it without. */
  action: FormAction;
}

/** The address a form was done for without scripts. */
export const addressOfDone = ({ outcome }: SentForm): string | null =>
  outcome?.isDone ? (outcome.values.email ?? null) : null;

interface FormOptions<Field extends string> extends Partial<SentForm> {
  /** Initial values; their order is the order of the fields. */
  initial: Values<Field>;
  /** What is wrong with a field's value, in words, or null. */
  check: (field: Field, value: string) => string | null;
  /** Runs with checked values. A thrown error is shown: under fields where the API names them, else above the form. */
  onSubmit: (values: Values<Field>) => Promise<void>;
}

/**
 * A small form of text fields. A field is judged when it is left with something in it, and when the form is sent;
 * once marked it is judged with every change, so that the message goes as soon as it is no longer true.
 */
export function useForm<Field extends string>({
  initial,
  check,
  outcome,
  action,
  onSubmit,
}: FormOptions<Field>) {
  const isField = (name: string): name is Field => Object.hasOwn(initial, name);
  const fields = Object.keys(initial).filter(isField);
  const errorsIn = (named: readonly { path: string; message: string }[]): Errors =>
    new Map(named.flatMap(({ path, message }) => (isField(path) ? [[path, message]] : [])));
  const [values, setValues] = useState<Values<Field>>({ ...initial, ...outcome?.values });
  const [errors, setErrors] = useState<Errors>(() => errorsIn(outcome?.errors ?? []));
  const [failure, setFailure] = useState<ReactNode>((errors.size === 0 && outcome?.detail) || null);
  const [isBusy, setBusy] = useState(false);
  const form = useRef<HTMLFormElement>(null);

  // what was typed before the page came alive stands in the fields alone
  const adopt = useEffectEvent(() => {
    const typed = fields.flatMap((field) => {
      const control = form.current?.elements.namedItem(field);
      return control instanceof HTMLInputElement && control.value !== values[field]
        ? [[field, control.value]]
        : [];
    });
    if (typed.length > 0) setValues((before) => ({ ...before, ...Object.fromEntries(typed) }));
  });
  useLayoutEffect(() => adopt(), []);

  function judge(field: Field, value: string): void {
    const error = check(field, value);
    setErrors((before) => {
      const others = [...before].filter(([name]) => name !== field);
      return new Map(error === null ? others : [...others, [field, error]]);
    });
  }

  function show(found: Errors): boolean {
    setErrors(found);
    const first = fields.find((field) => found.has(field));
    const control = first === undefined ? null : form.current?.elements.namedItem(first);
    if (control instanceof HTMLElement) control.focus();
    return first !== undefined;
  }

  async function submit(event: SubmitEvent<HTMLFormElement>) {
    event.preventDefault();
    if (isBusy) return;
    setFailure(null);
    const found = fields.flatMap((path) => {
      const message = check(path, values[path]);
      return message === null ? [] : [{ path, message }];
    });
    if (show(errorsIn(found))) return;
    setBusy(true);
    try {
      await onSubmit(values);
    } catch (error) {
      if (!show(errorsIn(error instanceof ApiError ? error.errors : [])))
        setFailure(<ErrorText error={error} />);
    } finally {
      setBusy(false);
    }
  }

  return {
    values,
    failure,
    isBusy,
    errorOf: (field: Field) => errors.get(field),
    setFailure,
    /** Whether one field is right by itself; shows what is wrong with it else. */
    demand(field: Field): boolean {
      const message = check(field, values[field]);
      return !show(new Map(message === null ? [] : [[field, message]]));
    },
    /** For the `<form>` element. */
    formProps: {
      ref: form,
      action,
      onSubmit: (event: SubmitEvent<HTMLFormElement>) => void submit(event),
      noValidate: true,
    },
    /** For a field's control. */
    inputProps: (field: Field) => ({
      name: field,
      value: values[field],
      onChange: (event: ChangeEvent<HTMLInputElement>) => {
        const { value } = event.target;
        setValues((before) => ({ ...before, [field]: value }));
        if (errors.has(field)) judge(field, value);
      },
      onBlur: (event: FocusEvent<HTMLInputElement>) => {
        if (event.target.value !== "") judge(field, event.target.value);
      },
    }),
  };
}
