"use client";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import { useDeferredValue } from "react";
import { fits } from "./fits.ts";
import { type Subject, subjectKey, subjectsQuery } from "./queries.ts";

/** Somebody or a group that fits what is typed. */
export interface Suggestion {
  key: string;
  label: string;
  /** One line under the name. */
  facts: string;
  subject: Subject;
  /** Null for a group. */
  personId: string | null;
  /** Already in: shown, but not to be chosen. */
  isTaken: boolean;
}

interface Wanted {
  hasGroups?: boolean;
  /** Left out, by `subjectKey`. */
  chosen?: ReadonlySet<string>;
  /** Shown as in already, by `subjectKey`. */
  taken?: ReadonlySet<string>;
}

const none: ReadonlySet<string> = new Set();

/** Groups and people of the workspace that fit the text. Nothing where there is no directory to look in. */
export function useSuggestions(
  text: string,
  { hasGroups = true, chosen = none, taken = none }: Wanted = {},
): Suggestion[] {
  const t = useTranslations("share.add");
  const typed = text.trim().slice(0, 80);
  const q = useDeferredValue(typed);
  const found = useQuery({
    ...subjectsQuery(q),
    enabled: q !== "",
    placeholderData: keepPreviousData,
    retry: false,
  });
  if (typed === "" || !found.data) return [];
  const isEarlier = found.isPlaceholderData || q !== typed;
  const groups = hasGroups ? found.data.groups : [];
  const all = [
    ...groups.map((group) => ({
      key: group.id,
      label: group.name,
      facts: t("groupFacts", { count: group.memberCount }),
      subject: { group },
      personId: null,
    })),
    ...found.data.people.map(({ id, name, email }) => ({
      key: id,
      label: name,
      facts: email,
      subject: { email },
      personId: id,
    })),
  ];
  return all
    .filter(({ label, subject }) => !isEarlier || fits(typed, label, "email" in subject ? subject.email : ""))
    .filter(({ subject }) => !chosen.has(subjectKey(subject)))
    .map((option) => {
      const isTaken = taken.has(subjectKey(option.subject));
      return { ...option, isTaken, facts: isTaken ? t("taken", { facts: option.facts }) : option.facts };
    });
}
