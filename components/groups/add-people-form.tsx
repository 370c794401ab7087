"use client";
import { useTranslations } from "next-intl";
import { type FormEvent, useState } from "react";
import { Button } from "#components/ui/button.tsx";
import { useErrorText } from "#components/use-error-text.ts";
import { type Choice, PeoplePicker, usePeoplePicker } from "#components/workspace/people-picker.tsx";
import type { ChangedMembersView } from "#lib/groups/schema.ts";
import { useAddMembers } from "./queries.ts";

/** More than these are not told one by one: they stand in the field. */
const TOLD_REFUSALS = 20;

/** Adds people by name or address, many at once. Who could not be added stays in the field, with the reason under it. */
export function AddPeopleForm({ id }: { id: string }) {
  const t = useTranslations("groups.members");
  const textOf = useErrorText();
  const picker = usePeoplePicker();
  const [problem, setProblem] = useState<string | null>(null);
  const [answer, setAnswer] = useState<(ChangedMembersView & { asked: Choice[] }) | null>(null);
  const add = useAddMembers(id);

  async function submit(event: FormEvent) {
    event.preventDefault();
    if (add.isPending) return;
    const asked = picker.takeAll();
    setAnswer(null);
    setProblem(asked.length === 0 ? t("noAddress") : null);
    picker.focus();
    if (asked.length === 0) return;
    try {
      const done = await add.mutateAsync(
        asked.map(({ userId, key }) => (userId ? { userId } : { email: key })),
      );
      const refused = new Set(done.refused.map(({ value }) => value));
      picker.setChosen(asked.filter((choice) => refused.has(choice.userId ?? choice.key)));
      setAnswer({ ...done, asked });
    } catch (error) {
      setProblem(textOf(error));
    }
  }
  return (
    <form noValidate onSubmit={(event) => void submit(event)} className="border-line mb-5 border-b pb-5">
      <PeoplePicker
        picker={picker}
        groupId={id}
        error={problem}
        onChange={() => setProblem(null)}
        action={
          <Button type="submit" variant="primary" isBusy={add.isPending}>
            {t("add")}
          </Button>
        }
      />
      <div aria-live="polite" className="mt-2 text-sm empty:hidden">
        {answer && <Outcome answer={answer} />}
      </div>
    </form>
  );
}

function Outcome({
  answer: { changed, unchanged, refused, asked },
}: {
  answer: ChangedMembersView & { asked: Choice[] };
}) {
  const t = useTranslations("groups.members");
  const labelOf = (value: string) => asked.find(({ userId }) => userId === value)?.label ?? value;
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
                <span className="font-medium">{labelOf(value)}</span>: {t(`reasons.${reason}`)}
              </li>
            ))}
            {refused.length > TOLD_REFUSALS && <li>…</li>}
          </ul>
        </div>
      )}
    </>
  );
}
