"use client";
import { X } from "lucide-react";
import { useTranslations } from "next-intl";
import { type ClipboardEvent, type FormEvent, type KeyboardEvent, useId, useRef, useState } from "react";
import { Button } from "#components/ui/button.tsx";
import { cn } from "#components/ui/cn.ts";
import { controlClass } from "#components/ui/field-class.ts";
import { Input } from "#components/ui/input.tsx";
import { Select } from "#components/ui/select.tsx";
import { useErrorText } from "#components/use-error-text.ts";
import type { BuiltInRole } from "#lib/authz/permissions.ts";
import { normalizeEmail } from "#lib/sharing/schema.ts";
import { isAddress, splitAddresses } from "./addresses.ts";
import { type ExpiryChoice, expiryChoices, expiryOf, today } from "./expiry.ts";
import { useAddCollaborator } from "./queries.ts";
import { useRoleOptions } from "./use-role-options.ts";

interface Chip {
  address: string;
  /** Why it can't be added; shown under the field. */
  error: string | null;
}

interface InviteFormProps {
  collectionId: string;
  /** Addresses that have access already, as they are compared. */
  known: ReadonlySet<string>;
  /** Tells what happened, for the live region. */
  onSaid: (text: string) => void;
}

/** Adds people by address: one by Enter, many by pasting; those refused stay and say why. */
export function InviteForm({ collectionId, known, onSaid }: InviteFormProps) {
  const t = useTranslations("share");
  const textOf = useErrorText();
  const inputId = useId();
  const errorId = useId();
  const input = useRef<HTMLInputElement>(null);
  const [text, setText] = useState("");
  const [chips, setChips] = useState<Chip[]>([]);
  const [role, setRole] = useState<BuiltInRole>("viewer");
  const [choice, setChoice] = useState<ExpiryChoice>("never");
  const [day, setDay] = useState("");
  const roleOptions = useRoleOptions();
  const { mutateAsync: add } = useAddCollaborator(collectionId);

  const check = (address: string): Chip => ({
    address,
    error: !isAddress(address)
      ? t("notAnAddress")
      : known.has(normalizeEmail(address))
        ? t("hasAccess")
        : null,
  });
  /** The chips with the typed text turned into chips too. */
  const withText = (typed: string): Chip[] => {
    const taken = new Set(chips.map(({ address }) => normalizeEmail(address)));
    const fresh = splitAddresses(typed).filter((address) => !taken.has(normalizeEmail(address)));
    return [...chips, ...fresh.map(check)];
  };
  function collect(typed: string) {
    setChips(withText(typed));
    setText("");
  }
  async function invite(all: Chip[]) {
    setText("");
    const ready = all.filter(({ error }) => error === null);
    setChips(all.filter(({ error }) => error !== null));
    const expiresAt = expiryOf(choice, day);
    const results = await Promise.all(
      ready.map(async ({ address }): Promise<Chip | null> => {
        try {
          await add({ email: address, role, expiresAt });
          return null;
        } catch (error) {
          return { address, error: textOf(error) };
        }
      }),
    );
    const refused = results.filter((chip) => chip !== null);
    if (refused.length > 0) setChips((current) => [...current, ...refused]);
    const added = ready.length - refused.length;
    if (added > 0) onSaid(t("saidAdded", { count: added, address: ready[0]!.address }));
  }
  function submit(event: FormEvent) {
    event.preventDefault();
    const all = withText(text);
    if (all.length > 0) void invite(all);
    input.current?.focus();
  }
  function onKeyDown(event: KeyboardEvent) {
    if (event.nativeEvent.isComposing) return;
    if ([",", ";", " "].includes(event.key) && text.trim()) {
      event.preventDefault();
      collect(text);
    } else if (event.key === "Backspace" && text === "" && chips.length > 0) {
      setChips(chips.slice(0, -1));
    }
  }
  function onPaste(event: ClipboardEvent) {
    const pasted = event.clipboardData.getData("text");
    if (splitAddresses(pasted).length < 2 && !pasted.includes("<")) return;
    event.preventDefault();
    collect(`${text} ${pasted}`);
  }
  const faulty = chips.filter(({ error }) => error !== null);
  return (
    <form onSubmit={submit} noValidate>
      <label htmlFor={inputId} className="sr-only">
        {t("addLabel")}
      </label>
      <div className="flex flex-wrap items-start gap-2">
        <div
          className={cn(
            controlClass,
            "focus-within:border-accent flex min-h-8 min-w-0 flex-1 basis-64 flex-wrap items-center gap-1 px-1.5 py-[3px] focus-within:outline-2 focus-within:-outline-offset-1 focus-within:outline-(--accent) pointer-coarse:min-h-10",
          )}
          onMouseDown={(event) => {
            if (event.target !== event.currentTarget) return;
            event.preventDefault();
            input.current?.focus();
          }}
        >
          {chips.map((chip) => (
            <span
              key={chip.address}
              className={cn(
                "flex h-6 max-w-full items-center gap-0.5 rounded-sm pl-2 text-sm",
                chip.error ? "bg-danger-soft text-danger-ink" : "bg-sunken",
              )}
            >
              <span className="truncate">{chip.address}</span>
              <button
                type="button"
                aria-label={t("removeChip", { address: chip.address })}
                onClick={() => {
                  setChips(chips.filter((other) => other !== chip));
                  input.current?.focus();
                }}
                className="hover:bg-hover grid size-6 place-items-center rounded-sm"
              >
                <X aria-hidden className="size-3" />
              </button>
            </span>
          ))}
          <input
            ref={input}
            id={inputId}
            // on touch screens a keyboard would cover the people
            autoFocus={window.matchMedia("(pointer: fine)").matches}
            type="email"
            multiple
            inputMode="email"
            autoComplete="off"
            value={text}
            placeholder={chips.length === 0 ? t("addPlaceholder") : undefined}
            aria-invalid={faulty.length > 0 || undefined}
            aria-describedby={faulty.length > 0 ? errorId : undefined}
            onChange={(event) => setText(event.target.value)}
            onKeyDown={onKeyDown}
            onPaste={onPaste}
            className="placeholder:text-ink-faint h-6 min-w-32 flex-1 bg-transparent px-1.5 outline-none"
          />
        </div>
        <Select aria-label={t("roleLabel")} value={role} onValueChange={setRole} options={roleOptions} />
        <Button type="submit" variant="primary" disabled={text.trim() === "" && chips.length === 0}>
          {t("invite")}
        </Button>
      </div>
      <ul
        id={errorId}
        aria-live="polite"
        className="text-danger-ink mt-2 flex flex-col gap-0.5 text-sm empty:hidden"
      >
        {faulty.map(({ address, error }) => (
          <li key={address} className="break-words">
            <span className="font-medium">{address}</span>: {error}
          </li>
        ))}
      </ul>
      <div className="text-ink-muted mt-2 flex flex-wrap items-center gap-x-2 gap-y-1 text-sm">
        <span id={`${inputId}-ends`}>{t("ends")}</span>
        <Select
          aria-label={t("ends")}
          variant="plain"
          value={choice}
          onValueChange={setChoice}
          options={expiryChoices.map((value) => ({ value, label: t(`expiry.${value}`) }))}
        />
        {choice === "date" && (
          <span className="w-40">
            <Input
              type="date"
              aria-label={t("endDate")}
              min={today()}
              value={day}
              onChange={(event) => setDay(event.target.value)}
            />
          </span>
        )}
      </div>
    </form>
  );
}
