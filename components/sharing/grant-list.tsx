"use client";
import { useTranslations } from "next-intl";
import { useRouter } from "next/navigation";
import { type ReactNode, useEffect, useRef, useState } from "react";
import { flushSync } from "react-dom";
import type { Whose } from "#components/access/queries.ts";
import { ApiError } from "#components/api-error.ts";
import { Button } from "#components/ui/button.tsx";
import { cn } from "#components/ui/cn.ts";
import { SearchField } from "#components/ui/search-field.tsx";
import { notify } from "#components/ui/toast.tsx";
import { useErrorText } from "#components/use-error-text.ts";
import { foldedName } from "#lib/http/values.ts";
import type { GrantView } from "#lib/sharing/schema.ts";
import { grantName } from "./grant-name.ts";
import { GrantRow } from "./grant-row.tsx";
import { EndQuestion } from "./end-question.tsx";
import { LossQuestion } from "./loss-question.tsx";
import { Problem } from "./problem.tsx";
import {
  asProvisional,
  type GrantChange,
  grantSubjectKey,
  isLess,
  isProvisional,
  roleOfGrant,
  subjectOf,
  useAddGrant,
  useChangeGrant,
  useRemoveGrant,
  useResendLetter,
} from "./queries.ts";
import { RoleMenu } from "./role-menu.tsx";
import type { OnRefused, SharedThing } from "./shared-thing.ts";
import { type Question, useLoss } from "./use-loss.ts";
import { useRoleLabel } from "./use-roles.ts";

const undoMs = 8000;
/** From this many on, the list can be narrowed. */
const many = 12;
/** Those out of view cost no layout; the room at both sides is for outlines. */
const manyClass = "-mx-1 px-1 [contain-intrinsic-size:auto_3rem] [content-visibility:auto]";
/** By then the letter about what was given is on its way. */
const letterMs = 60_000;

interface Failure {
  /** What was tried. */
  step: "role" | "end" | "removal" | "undo" | "letter";
  error: unknown;
}

interface Asked extends Question {
  grant: GrantView;
  act: () => void;
}

interface GrantListProps {
  thing: SharedThing;
  grants: GrantView[];
  onSaid: (text: string) => void;
  /** Something was refused: rights may have changed. */
  onRefused: OnRefused;
  onExplain: (whose: Whose) => void;
  /** The row that had the focus is gone: somebody else must take it. */
  onRowGone: () => void;
  /** Rows before the grants. */
  children?: ReactNode;
}

/** People and groups with access. Whoever is removed leaves a line behind for a while, to take it back. */
export function GrantList(props: GrantListProps) {
  const { thing, grants, onSaid, onRefused, onExplain, onRowGone, children } = props;
  const t = useTranslations("share");
  const common = useTranslations("common");
  const labelOf = useRoleLabel();
  const textOf = useErrorText();
  const router = useRouter();
  /** A provisional one is being given back. */
  const [removed, setRemoved] = useState<GrantView[]>([]);
  /** When those first had access who were removed and given access again: they keep their place. */
  const [places, setPlaces] = useState<ReadonlyMap<string, string>>(new Map());
  const [failures, setFailures] = useState<Readonly<Record<string, Failure>>>({});
  const [asked, setAsked] = useState<Asked | null>(null);
  /** Whose end of access is being chosen, by `grantSubjectKey`. */
  const [ending, setEnding] = useState<string | null>(null);
  /** What became of a letter that was asked for again, where the row does not show it. */
  const [notes, setNotes] = useState<Readonly<Record<string, string>>>({});
  /** Whose letter is being asked for again. */
  const [resending, setResending] = useState<string | null>(null);
  const [typed, setTyped] = useState("");
  const timers = useRef(new Set<ReturnType<typeof setTimeout>>());
  /** Under way, by the grant's id. */
  const removals = useRef(new Map<string, Promise<unknown>>());
  const list = useRef<HTMLUListElement>(null);
  const { mutateAsync: change } = useChangeGrant(thing);
  const { mutateAsync: remove } = useRemoveGrant(thing);
  const { mutateAsync: add } = useAddGrant(thing);
  const { mutateAsync: resend } = useResendLetter(thing);
  const { askFor, prepare } = useLoss(thing);
  useEffect(() => {
    const pending = timers.current;
    return () => pending.forEach(clearTimeout);
  }, []);

  const rowOf = (grant: GrantView) =>
    list.current?.querySelector<HTMLElement>(`[data-key="${CSS.escape(grantSubjectKey(grant))}"]`);
  const focusRow = (grant: GrantView) => {
    const row = rowOf(grant);
    if (!row) return onRowGone();
    (row.querySelector<HTMLElement>("[aria-haspopup=menu]") ?? row).focus();
  };
  /** Once the menu has let go of the focus. */
  const later = (step: () => void) => void timers.current.add(setTimeout(step));

  /** One question at a time. */
  function ask(question: Asked) {
    setEnding(null);
    setAsked(question);
  }
  const tell = (grant: GrantView, failure: Failure | null) =>
    setFailures(({ [grantSubjectKey(grant)]: _, ...others }) =>
      failure ? { ...others, [grantSubjectKey(grant)]: failure } : others,
    );
  const forget = (grant: GrantView) =>
    setRemoved((current) => current.filter((other) => grantSubjectKey(other) !== grantSubjectKey(grant)));
  function offerUndo(grant: GrantView) {
    // at once: the focus is to go to the line, not to the control that it replaces
    flushSync(() => setRemoved((current) => [...current, grant]));
    const end = () => {
      const hadFocus = rowOf(grant)?.contains(document.activeElement);
      // at once: of a control that is gone the dialog would take the focus itself
      flushSync(() => setRemoved((current) => current.filter((other) => other !== grant)));
      if (hadFocus && !rowOf(grant)) onRowGone();
    };
    timers.current.add(setTimeout(end, undoMs));
  }
  /** Runs a step; what goes wrong is said under the row. */
  async function attempt(grant: GrantView, step: Failure["step"], act: () => Promise<void>) {
    tell(grant, null);
    try {
      await act();
    } catch (error) {
      tell(grant, { step, error });
      onRefused(error, t(`failed.${step}`, { name: grantName(grant) }));
    }
  }

  const onChange = (grant: GrantView, input: GrantChange) => {
    const step = input.role ? "role" : "end";
    return attempt(grant, step, async () => {
      const act = () =>
        attempt(grant, step, async () => {
          await change({ grant, change: input });
          onSaid(
            input.role
              ? t("saidRole", { name: grantName(grant), role: input.role.label })
              : t("saidEnds", { name: grantName(grant) }),
          );
        });
      const isWeaker = input.role && isLess(input.role.permissions, grant.permissions);
      const question = isWeaker ? await askFor(grant, input.role) : null;
      if (question) ask({ ...question, grant, act: () => void act() });
      else await act();
    });
  };
  const takeAway = (grant: GrantView) =>
    attempt(grant, "removal", async () => {
      const said = grant.isPending ? "saidWithdrawn" : grant.group ? "saidRemovedGroup" : "saidRemoved";
      offerUndo(grant);
      later(() => focusRow(grant));
      const removal = remove({ grant });
      removals.current.set(grant.id, removal);
      try {
        await removal;
      } catch (error) {
        forget(grant);
        throw error;
      } finally {
        removals.current.delete(grant.id);
      }
      if (!grant.isYou) onSaid(t(said, { name: grantName(grant), type: thing.type }));
    });
  /** Away from what is about to be closed to the reader; what is said does not depend on this dialog. */
  async function leave(grant: GrantView) {
    router.push("/");
    try {
      await remove({ grant, isLeaving: true });
      notify.done(t("left", { name: thing.name }));
    } catch (error) {
      notify.failed(`${t("notLeft", { name: thing.name })} ${textOf(error)}`);
    }
  }
  const onRemove = (grant: GrantView) =>
    attempt(grant, "removal", async () => {
      const question = await askFor(grant);
      const act = () => void (question?.isLeaving ? leave(grant) : takeAway(grant));
      if (question) ask({ ...question, grant, act });
      else await takeAway(grant);
    });
  const onUndo = (grant: GrantView) =>
    attempt(grant, "undo", async () => {
      const key = grantSubjectKey(grant);
      setRemoved((current) => current.map((other) => (other === grant ? asProvisional(grant) : other)));
      // removed twice, it keeps its first place
      setPlaces((current) => new Map([[key, grant.grantedAt], ...current]));
      later(() => focusRow(grant));
      try {
        // given again while it is still being taken away, it would be gone in the end
        await removals.current.get(grant.id);
        await add({
          ...{ subject: subjectOf(grant), role: roleOfGrant(grant), expiresAt: grant.expiresAt },
          message: grant.message ?? undefined,
          // who was told once is not told again
          notify: Date.now() - Date.parse(grant.grantedAt) < letterMs,
          was: grant,
        });
        forget(grant);
      } catch (error) {
        forget(grant);
        offerUndo(grant);
        throw error;
      }
      onSaid(t("saidRestored", { name: grantName(grant) }));
    });

  const onResend = (grant: GrantView) =>
    attempt(grant, "letter", async () => {
      const key = grantSubjectKey(grant);
      if (resending === key) return;
      setResending(key);
      setNotes(({ [key]: _, ...others }) => others);
      try {
        const { state } = await resend(grant);
        const said = t(`letter.${state}`, { name: grantName(grant) });
        if (state !== "sent") setNotes((current) => ({ ...current, [key]: said }));
        onSaid(said);
      } catch (error) {
        if (!(error instanceof ApiError && error.code === "conflict")) throw error;
        // they came in at this moment: the row, read again, shows it
        onSaid(t("letter.here", { name: grantName(grant) }));
      } finally {
        setResending(null);
      }
    });

  const gone = new Map(removed.map((grant) => [grantSubjectKey(grant), grant]));
  // removed people keep their place although the server does not list them any more
  const since = (grant: GrantView) => Date.parse(places.get(grantSubjectKey(grant)) ?? grant.grantedAt);
  // the owner first, then by when access was given; a change must not move anybody
  const rows = [...grants.filter((grant) => !gone.has(grantSubjectKey(grant))), ...removed].toSorted(
    (a, b) => Number(b.isOwner) - Number(a.isOwner) || since(a) - since(b),
  );
  const isLong = rows.length >= many || typed !== "";
  const needle = isLong ? foldedName(typed.trim()) : "";
  const found = rows.filter(({ name, email }) =>
    [name, email].some((text) => text && foldedName(text).includes(needle)),
  );
  return (
    <>
      {isLong && <SearchField label={t("filter")} value={typed} onChange={setTyped} className="mb-1" />}
      <p aria-live="polite" className="text-ink-muted py-1.5 text-sm empty:hidden">
        {found.length === 0 && needle !== "" && t("nobodyFound")}
      </p>
      <ul ref={list} aria-label={t("people")}>
        {needle === "" && children}
        {found.map((grant) => {
          const key = grantSubjectKey(grant);
          const failure = failures[key];
          const whose = grant.userId ? { userId: grant.userId } : grant.email ? { email: grant.email } : null;
          return (
            <li key={key} data-key={key} tabIndex={-1} className={cn("rounded-sm", isLong && manyClass)}>
              {gone.has(key) && !isProvisional(grant) ? (
                <div className="text-ink-muted flex min-h-12 items-center gap-3 py-1.5">
                  <span className="min-w-0 flex-1 wrap-anywhere">
                    {t(grant.isPending ? "withdrawn" : grant.group ? "removedGroup" : "removed", {
                      name: grantName(grant),
                      type: thing.type,
                    })}
                  </span>
                  {!grant.isYou && (
                    <Button size="sm" onClick={() => void onUndo(grant)}>
                      {common("undo")}
                    </Button>
                  )}
                </div>
              ) : (
                <GrantRow
                  grant={grant}
                  isResending={resending === key}
                  onResend={
                    grant.isPending && thing.canShare && !isProvisional(grant)
                      ? () => void onResend(grant)
                      : undefined
                  }
                  action={
                    grant.isOwner || !thing.canShare || isProvisional(grant) ? (
                      <span className="text-ink-muted max-w-36 shrink-0 truncate px-2.5 text-sm">
                        {labelOf(grant.role)}
                      </span>
                    ) : (
                      <RoleMenu
                        thing={thing}
                        grant={grant}
                        onReach={() => prepare(grant)}
                        onChange={(input) => void onChange(grant, input)}
                        onPickEnd={() => {
                          setAsked(null);
                          setEnding(key);
                        }}
                        onRemove={() => void onRemove(grant)}
                        onExplain={
                          whose
                            ? () => {
                                tell(grant, null);
                                later(() => onExplain(whose));
                              }
                            : undefined
                        }
                      />
                    )
                  }
                />
              )}
              {ending === key && (
                <EndQuestion
                  grant={grant}
                  onClose={() => setEnding(null)}
                  onChoose={(expiresAt) => {
                    setEnding(null);
                    if (expiresAt !== grant.expiresAt) void onChange(grant, { expiresAt });
                  }}
                />
              )}
              {asked && grantSubjectKey(asked.grant) === key && (
                <LossQuestion
                  question={asked}
                  onClose={() => setAsked(null)}
                  onConfirm={() => {
                    setAsked(null);
                    asked.act();
                  }}
                  className="mb-2 sm:ml-10"
                />
              )}
              {notes[key] && <p className="text-ink-muted pb-1.5 pl-10 text-sm text-pretty">{notes[key]}</p>}
              {failure && (
                <Problem
                  error={failure.error}
                  what={t(`failed.${failure.step}`, { name: grantName(grant) })}
                  className="pb-1.5 pl-10"
                />
              )}
            </li>
          );
        })}
      </ul>
    </>
  );
}
