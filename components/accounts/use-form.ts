"use client";
import { type ChangeEvent, type FocusEvent, type SubmitEvent, useRef, useState } from "react";
import { ApiError } from "#components/api.ts";
import { useErrorText } from "#components/use-error-text.ts";

type Values<Field extends string> = Record<Field, string>;

interface FormOptions<Field extends string> {
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
export function useForm<Field extends string>({ initial, check, onSubmit }: FormOptions<Field>) {
  const fields = Object.keys(initial) as Field[];
  const [values, setValues] = useState(initial);
  const [errors, setErrors] = useState<Partial<Record<Field, string>>>({});
  const [failure, setFailure] = useState<string | null>(null);
  const [isBusy, setBusy] = useState(false);
  const form = useRef<HTMLFormElement>(null);
  const textOf = useErrorText();

  const judge = (field: Field, value: string) =>
    setErrors((before) => ({ ...before, [field]: check(field, value) ?? undefined }));

  function show(found: Partial<Record<Field, string>>): boolean {
    setErrors(found);
    const first = fields.find((field) => found[field]);
    if (first) (form.current?.elements.namedItem(first) as HTMLElement | null)?.focus();
    return first !== undefined;
  }

  async function submit(event: SubmitEvent<HTMLFormElement>) {
    event.preventDefault();
    if (isBusy) return;
    setFailure(null);
    const found = Object.fromEntries(
      fields.map((field) => [field, check(field, values[field]) ?? undefined]),
    );
    if (show(found as Partial<Record<Field, string>>)) return;
    setBusy(true);
    try {
      await onSubmit(values);
    } catch (error) {
      const named = error instanceof ApiError ? error.errors : [];
      const known = Object.fromEntries(named.map(({ path, message }) => [path, message]));
      if (!show(known as Partial<Record<Field, string>>)) setFailure(textOf(error));
    } finally {
      setBusy(false);
    }
  }

  return {
    values,
    failure,
    isBusy,
    errorOf: (field: Field) => errors[field],
    setFailure,
    /** For the `<form>` element. */
    formProps: {
      ref: form,
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
        if (errors[field]) judge(field, value);
      },
      onBlur: (event: FocusEvent<HTMLInputElement>) => {
        if (event.target.value !== "") judge(field, event.target.value);
      },
    }),
  };
}
