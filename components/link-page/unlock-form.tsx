"use client";
import { type SubmitEvent, useEffect, useRef, useState } from "react";
import { ApiError } from "#components/api-error.ts";
import { call } from "#components/call.ts";
import { Button } from "#components/ui/button.tsx";
import { Field } from "#components/ui/field.tsx";
import { Input } from "#components/ui/input.tsx";
import type { FormAction } from "#components/ui/plain-form.tsx";
import type { FormOutcome } from "#lib/http/schema.ts";
import { unlockLink } from "#lib/links/api.ts";

/** In the reader's language, from the server: the page brings no messages along. */
export interface UnlockTexts {
  password: string;
  show: string;
  hide: string;
  passwordNeeded: string;
  name: string;
  nameNeeded: string;
  open: string;
  /** With `{time}` where the time that is left stands. */
  wait: string;
  waitOver: string;
  failed: string;
}

interface UnlockFormProps {
  token: string;
  needsPassword: boolean;
  needsName: boolean;
  texts: UnlockTexts;
  /** What works without scripts, and what came of it. */
  action: FormAction;
  outcome: FormOutcome | null;
}

/** Asks for what a link wants first: its password, the visitor's name, or both. */
export function UnlockForm({ token, needsPassword, needsName, texts, action, outcome }: UnlockFormProps) {
  const said = (path: string) => outcome?.errors.find((error) => error.path === path)?.message;
  const [errors, setErrors] = useState({ password: said("password"), name: said("name") });
  const [failure, setFailure] = useState(
    outcome && !outcome.isDone && !errors.password && !errors.name ? outcome.detail : "",
  );
  const [isBusy, setBusy] = useState(false);
  const [isShown, setShown] = useState(false);
  const { secondsLeft, wait } = useWait();
  const form = useRef<HTMLFormElement>(null);

  async function submit(event: SubmitEvent<HTMLFormElement>) {
    event.preventDefault();
    if (isBusy || secondsLeft > 0) return;
    const fields = new FormData(event.currentTarget);
    const text = (name: string) => String(fields.get(name) ?? "");
    const missing = {
      password: needsPassword && text("password") === "" ? texts.passwordNeeded : undefined,
      name: needsName && text("name").trim() === "" ? texts.nameNeeded : undefined,
    };
    show(missing, "");
    if (missing.password || missing.name) return;
    setBusy(true);
    try {
      await call(unlockLink, { params: { token }, body: { password: text("password"), name: text("name") } });
      // the page is drawn by the server, which has seen the cookie by then
      location.reload();
    } catch (error) {
      setBusy(false);
      if (!(error instanceof ApiError)) return setFailure(texts.failed);
      if (error.code === "rate_limited" && error.retryAfterSeconds) return wait(error.retryAfterSeconds);
      // the link has ended meanwhile: the page says so
      if (error.status === 404 || error.status === 410) return location.reload();
      const named = Object.fromEntries(error.errors.map(({ path, message }) => [path, message]));
      if (named.password || named.name) show({ password: named.password, name: named.name }, "");
      else if (error.code === "forbidden") show({ password: error.detail, name: undefined }, "");
      else setFailure(error.detail || texts.failed);
    }
  }

  function show(found: { password: string | undefined; name: string | undefined }, sentence: string) {
    setErrors(found);
    setFailure(sentence);
    const first = found.password ? "password" : found.name ? "name" : null;
    const control = first && form.current?.elements.namedItem(first);
    if (control instanceof HTMLInputElement) {
      control.focus();
      control.select();
    }
  }

  const sentence = secondsLeft > 0 ? texts.wait.replace("{time}", clockOf(secondsLeft)) : failure;
  return (
    <form
      ref={form}
      action={action}
      onSubmit={(event) => void submit(event)}
      noValidate
      className="mt-7 flex flex-col gap-4"
    >
      <input type="hidden" name="token" value={token} />
      {/* counted down every second, and said when it begins and ends */}
      <p
        role="alert"
        aria-live={secondsLeft > 0 ? "off" : undefined}
        className="bg-danger-soft text-danger-ink rounded-md px-3 py-2 tabular-nums empty:hidden"
      >
        {sentence}
      </p>
      {needsPassword && (
        <Field
          label={texts.password}
          error={errors.password}
          aside={
            <button
              type="button"
              aria-pressed={isShown}
              onClick={() => setShown(!isShown)}
              className="text-accent-ink rounded-sm py-1 text-sm font-medium hover:underline"
            >
              {isShown ? texts.hide : texts.show}
            </button>
          }
        >
          {(control) => (
            <Input
              {...control}
              name="password"
              size="lg"
              type={isShown ? "text" : "password"}
              maxLength={128}
              autoComplete="off"
              autoCapitalize="none"
              autoCorrect="off"
              spellCheck={false}
              autoFocus
            />
          )}
        </Field>
      )}
      {needsName && (
        <Field label={texts.name} error={errors.name}>
          {(control) => (
            <Input
              {...control}
              name="name"
              size="lg"
              maxLength={60}
              autoComplete="name"
              defaultValue={outcome?.values.name}
              autoFocus={!needsPassword}
            />
          )}
        </Field>
      )}
      <Button
        type="submit"
        variant="primary"
        size="lg"
        isBusy={isBusy}
        disabled={secondsLeft > 0}
        className="mt-2 w-full"
      >
        {texts.open}
      </Button>
      <span role="status" className="sr-only">
        {secondsLeft === 0 && texts.waitOver}
      </span>
    </form>
  );
}

/** Counts down to the moment from which another try makes sense; -1 where none has to be waited for. */
function useWait() {
  const [endsAt, setEndsAt] = useState<number | null>(null);
  const [secondsLeft, setSecondsLeft] = useState(-1);
  useEffect(() => {
    if (endsAt === null) return;
    const tick = () => setSecondsLeft(Math.max(0, Math.ceil((endsAt - Date.now()) / 1000)));
    tick();
    const timer = setInterval(tick, 1000);
    return () => clearInterval(timer);
  }, [endsAt]);
  return { secondsLeft, wait: (seconds: number) => setEndsAt(Date.now() + seconds * 1000) };
}

/** "14:05". */
const clockOf = (seconds: number): string =>
  `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
