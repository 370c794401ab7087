"use client";
import { useTranslations } from "next-intl";
import { useEffect, useRef, useState } from "react";
import { Button } from "#components/ui/button.tsx";
import { useErrorText } from "#components/use-error-text.ts";
import type { CollectionView } from "#lib/collections/schema.ts";
import { PersonRow } from "./person-row.tsx";
import {
  type CollaboratorView,
  useAddCollaborator,
  useChangeCollaborator,
  useRemoveCollaborator,
} from "./queries.ts";

const undoMs = 8000;

interface PeopleProps {
  collection: CollectionView;
  people: CollaboratorView[];
  onSaid: (text: string) => void;
  /** The row that had the focus is gone: somebody else must take it. */
  onRowGone: () => void;
}

/** The people with access. Whoever is removed leaves a line behind for a while, to take it back. */
export function People({ collection, people, onSaid, onRowGone }: PeopleProps) {
  const t = useTranslations("share");
  const textOf = useErrorText();
  const [removed, setRemoved] = useState<CollaboratorView[]>([]);
  const [errors, setErrors] = useState<Readonly<Record<string, string>>>({});
  const timers = useRef(new Set<ReturnType<typeof setTimeout>>());
  const { mutateAsync: change } = useChangeCollaborator(collection.id);
  const { mutateAsync: remove } = useRemoveCollaborator(collection.id);
  const { mutateAsync: add } = useAddCollaborator(collection.id);
  useEffect(() => {
    const pending = timers.current;
    return () => pending.forEach(clearTimeout);
  }, []);

  const nameOf = (person: CollaboratorView) => person.name ?? person.email;
  const say = (person: CollaboratorView, error: string | null) =>
    setErrors(({ [person.email]: _, ...others }) => (error ? { ...others, [person.email]: error } : others));
  const forget = (person: CollaboratorView) =>
    setRemoved((current) => current.filter(({ email }) => email !== person.email));

  async function onChange(person: CollaboratorView, input: Parameters<typeof change>[0]["change"]) {
    say(person, null);
    try {
      await change({ person, change: input });
      onSaid(
        input.role
          ? t("saidRole", { name: nameOf(person), role: t(`roles.${input.role}.label`) })
          : t("saidEnds", { name: nameOf(person) }),
      );
    } catch (error) {
      say(person, textOf(error));
    }
  }
  async function onRemove(person: CollaboratorView) {
    say(person, null);
    setRemoved((current) => [...current, person]);
    onSaid(t(person.isPending ? "saidWithdrawn" : "saidRemoved", { name: nameOf(person) }));
    const timer = setTimeout(() => forget(person), undoMs);
    timers.current.add(timer);
    try {
      await remove(person);
    } catch (error) {
      forget(person);
      say(person, textOf(error));
    }
  }
  async function onUndo(person: CollaboratorView) {
    forget(person);
    onRowGone();
    try {
      await add({
        email: person.email,
        groupId: person.group?.id,
        role: person.role,
        expiresAt: person.expiresAt,
      });
      onSaid(t("saidRestored", { name: nameOf(person) }));
    } catch (error) {
      say(person, textOf(error));
    }
  }
  const gone = new Set(removed.map(({ email }) => email));
  // removed people keep their place although the server does not list them any more
  const rows = [...people.filter(({ email }) => !gone.has(email)), ...removed].toSorted(byStanding);
  return (
    <ul aria-label={t("people")}>
      {rows.map((person) => (
        <li key={person.email}>
          {gone.has(person.email) ? (
            <div className="text-ink-muted flex min-h-12 items-center gap-3 py-1.5">
              <span className="min-w-0 flex-1 break-words">
                {t(person.isPending ? "withdrawn" : "removed", { name: nameOf(person) })}
              </span>
              <Button size="sm" onClick={() => void onUndo(person)}>
                {t("undo")}
              </Button>
            </div>
          ) : (
            <PersonRow
              person={person}
              canShare={collection.abilities.canShare}
              onChange={(input) => void onChange(person, input)}
              onRemove={() => {
                void onRemove(person);
                onRowGone();
              }}
            />
          )}
          {errors[person.email] && (
            <p role="alert" className="text-danger-ink pb-1.5 pl-10 text-sm">
              {errors[person.email]}
            </p>
          )}
        </li>
      ))}
    </ul>
  );
}

/** The owner first, then by when access was given; a change must not move anybody. */
const byStanding = (a: CollaboratorView, b: CollaboratorView): number =>
  Number(b.isOwner) - Number(a.isOwner) || Date.parse(a.grantedAt) - Date.parse(b.grantedAt);
