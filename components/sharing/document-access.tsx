"use client";
import { FolderClosed, Link2, LockKeyhole, UserRoundPlus } from "lucide-react";
import { useTranslations } from "next-intl";
import { useState } from "react";
import type { AccessMode, DocumentView } from "#lib/documents/schema.ts";
import { AccessChoice } from "./access-choice.tsx";
import { LossQuestion } from "./loss-question.tsx";
import { useSetAccessMode } from "./queries.ts";
import { type OnRefused, sharedDocument } from "./shared-thing.ts";
import { useCollectionOf } from "./use-collection-of.ts";
import { type Question, useLoss } from "./use-loss.ts";

const modeIcons = { private: LockKeyhole, collection: FolderClosed, invite: UserRoundPlus, link: Link2 };

interface DocumentAccessProps {
  document: DocumentView;
  /** Whether the reader uploaded it. */
  isMine: boolean;
  onSaid: (text: string) => void;
  onRefused: OnRefused;
}

/** Where a document takes its people from: only its owner, its collection, or those invited to it. */
export function DocumentAccess({ document, isMine, onSaid, onRefused }: DocumentAccessProps) {
  const t = useTranslations("share.mode");
  const collection = useCollectionOf(document);
  const { mutateAsync: set } = useSetAccessMode(document.id);
  const { askForMode } = useLoss(sharedDocument(document, collection));
  const [error, setError] = useState<unknown>(null);
  const [asked, setAsked] = useState<(Question & { next: AccessMode }) | null>(null);
  const { accessMode: mode, owner } = document;
  const manages = document.abilities.canShare || (isMine && collection?.abilities.canShare === true);
  const name = collection?.name ?? null;
  const text = (value: AccessMode) =>
    value === "private"
      ? isMine
        ? t("private.mine")
        : t("private.others", { owner: owner.name })
      : value === "collection"
        ? name === null
          ? t("collection.unnamed")
          : t("collection.text", { name })
        : t(`${value}.text`);
  const may = (value: AccessMode) =>
    value === "private" ? isMine : manages || (isMine && value === "collection");
  const modes = ["private", "collection", "invite", "link"] as const;
  async function attempt(step: () => Promise<void>) {
    setError(null);
    try {
      await step();
    } catch (problem) {
      setError(problem);
      onRefused(problem, t("unchanged"));
    }
  }
  const change = (next: AccessMode) =>
    attempt(async () => {
      await set({ mode: next, before: mode });
      onSaid(t("said", { mode: t(`${next}.label`) }));
    });
  const choose = (next: AccessMode) =>
    attempt(async () => {
      // whom it closes out is for those to know who manage access
      const question = document.abilities.canShare ? await askForMode(next) : null;
      if (question) setAsked({ ...question, next });
      else await change(next);
    });
  const Icon = modeIcons[mode];
  return (
    <>
      <AccessChoice
        icon={<Icon />}
        label={t("title")}
        value={mode}
        options={modes.map((value) => ({
          value,
          label: t(`${value}.label`),
          description: may(value)
            ? text(value)
            : value === "private"
              ? t("onlyOwner", { owner: owner.name })
              : t("notYours"),
          isDisabled: !may(value),
        }))}
        text={text(mode)}
        error={error}
        onChange={isMine || manages ? (next) => void choose(next) : undefined}
      />
      {asked && (
        <LossQuestion
          question={asked}
          onClose={() => setAsked(null)}
          onConfirm={() => {
            setAsked(null);
            void change(asked.next);
          }}
          className="mt-1 mb-2 sm:ml-10"
        />
      )}
    </>
  );
}
