"use client";
import { useTranslations } from "next-intl";
import { type FormEvent, useEffect, useId, useRef, useState } from "react";
import { ApiError } from "#components/api-error.ts";
import { Button } from "#components/ui/button.tsx";
import { Meter } from "#components/ui/meter.tsx";
import { Select } from "#components/ui/select.tsx";
import { isAddress, splitAddresses } from "./addresses.ts";
import { EndField, useEnd } from "./end-field.tsx";
import { MessageField, MessageToggle, useMessage } from "./message-field.tsx";
import { Problem, useProblemText } from "./problem.tsx";
import { subjectKey, useAddGrant } from "./queries.ts";
import type { OnRefused, SharedThing } from "./shared-thing.ts";
import { chipKey, type ChosenSubject, SubjectField } from "./subject-field.tsx";
import { useRoles } from "./use-roles.ts";

interface InviteFormProps {
  thing: SharedThing;
  /** What has access already, by `subjectKey`. */
  taken: ReadonlySet<string>;
  /** Tells who is chosen or typed and would be lost by closing; those refused are told of already. */
  onUnsent: (names: readonly string[]) => void;
  /** Tells what happened, for the live region. */
  onSaid: (text: string) => void;
  /** Somebody could not be added. */
  onRefused: OnRefused;
}

interface Figures {
  used: number;
  limit: number;
}

/** Adds people, groups and addresses: one by Enter, many by pasting; those refused stay and say why. */
export function InviteForm({ thing, taken, onUnsent, onSaid, onRefused }: InviteFormProps) {
  const t = useTranslations("share.add");
  const textOf = useProblemText();
  const id = useId();
  const input = useRef<HTMLInputElement>(null);
  const [text, setText] = useState("");
  const [chips, setChips] = useState<ChosenSubject[]>([]);
  const [chosen, setChosen] = useState("viewer");
  const end = useEnd();
  const message = useMessage();
  const [full, setFull] = useState<Figures | null>(null);
  const [waiting, setWaiting] = useState<unknown>(null);
  const { choices, isLimited } = useRoles(thing);
  const { mutateAsync: add } = useAddGrant(thing);
  const role = choices.find(({ key }) => key === chosen) ?? choices[0];

  useEffect(() => {
    const ready = chips.filter(({ error }) => error === null).map(({ label }) => label);
    onUnsent([...ready, text.trim()].filter(Boolean));
    return () => onUnsent([]);
  }, [chips, text, onUnsent]);

  const check = (address: string): ChosenSubject => ({
    subject: { email: address },
    label: address,
    error: !isAddress(address)
      ? t("notAnAddress")
      : taken.has(subjectKey({ email: address }))
        ? t("hasAccess")
        : null,
  });
  /** The chips with the typed text turned into chips too. */
  const withText = (typed: string): ChosenSubject[] => {
    const there = new Set(chips.map(chipKey));
    const fresh = splitAddresses(typed).map(check);
    return [...chips, ...fresh.filter((chip) => !there.has(chipKey(chip)))];
  };
  async function invite(all: ChosenSubject[], expiresAt: string | null) {
    if (!role) return;
    setText("");
    setFull(null);
    setWaiting(null);
    const ready = all.filter(({ error }) => error === null);
    setChips(all.filter(({ error }) => error !== null));
    const results = await Promise.all(
      ready.map(async (chip): Promise<ChosenSubject | null> => {
        try {
          await add({ subject: chip.subject, role, expiresAt, message: message.text.trim() });
          return null;
        } catch (error) {
          onRefused(error, t("failed", { address: chip.label }));
          setFull(figuresOf(error));
          // these can be tried again as they are
          if (error instanceof ApiError && error.code === "rate_limited") {
            setWaiting(error);
            return chip;
          }
          return { ...chip, error: textOf(error) };
        }
      }),
    );
    const refused = results.filter((chip) => chip !== null);
    if (refused.length > 0) setChips((current) => [...current, ...refused]);
    else message.clear();
    const added = ready.filter((_, index) => results[index] === null);
    if (added.length > 0) onSaid(t("said", { count: added.length, address: added[0]!.label }));
  }
  function submit(event: FormEvent) {
    event.preventDefault();
    const expiresAt = end.read();
    if (expiresAt === undefined) return;
    // what was refused before is tried again: a place may be free by now
    // and whom somebody else has added meanwhile is told of, not given another role
    const all = withText(text).map((chip) =>
      "email" in chip.subject
        ? { ...check(chip.subject.email), label: chip.label }
        : { ...chip, error: taken.has(chipKey(chip)) ? t("hasAccess") : null },
    );
    if (all.length > 0) void invite(all, expiresAt);
    input.current?.focus();
  }
  const faulty = chips.filter(({ error }) => error !== null);
  return (
    <form onSubmit={submit} noValidate className="pt-1">
      <div className="flex flex-wrap items-start gap-2">
        <SubjectField
          input={input}
          text={text}
          onText={setText}
          chips={chips}
          onChips={setChips}
          taken={taken}
          onCollect={(typed) => {
            setChips(withText(typed));
            setText("");
          }}
          errorId={`${id}-errors`}
        />
        <div className="flex gap-2 max-sm:w-full">
          <Select
            aria-label={t("role")}
            value={role?.key ?? ""}
            onValueChange={setChosen}
            options={choices.map(({ key, label, description }) => ({ value: key, label, description }))}
            className="max-w-40 max-sm:max-w-none max-sm:flex-1"
          />
          <Button type="submit" variant="primary" disabled={text.trim() === "" && chips.length === 0}>
            {t("submit")}
          </Button>
        </div>
      </div>
      <ul
        id={`${id}-errors`}
        aria-live="polite"
        className="text-danger-ink mt-2 flex flex-col gap-0.5 text-sm empty:hidden"
      >
        {faulty.map((chip) => (
          <li key={chipKey(chip)} className="wrap-anywhere">
            <span className="font-medium">{chip.label}</span>: {chip.error}
          </li>
        ))}
      </ul>
      {waiting !== null && <Problem error={waiting} className="mt-2" />}
      {full && (
        <div className="mt-2 max-w-80">
          <Meter
            used={full.used}
            limit={full.limit}
            level="danger"
            label={t("places")}
            valueText={t("placesUsed", { ...full })}
          />
          <p className="text-ink-muted mt-1 text-sm">{t("placesUsed", { ...full })}</p>
        </div>
      )}
      <div className="text-ink-muted mt-2 flex flex-wrap items-center gap-x-2 gap-y-1 text-sm">
        <MessageToggle {...message.field} />
        <span aria-hidden>·</span>
        <EndField {...end.field} />
        {isLimited && <span className="basis-full">{t("limitedRoles")}</span>}
      </div>
      <MessageField {...message.field} />
    </form>
  );
}

function figuresOf(error: unknown): Figures | null {
  if (!(error instanceof ApiError) || error.code !== "quota_exceeded") return null;
  const { used, limit } = error.details;
  return typeof used === "number" && typeof limit === "number" ? { used, limit } : null;
}
