"use client";
import { useQuery } from "@tanstack/react-query";
import { FolderClosed, Link2, LockKeyhole, UserRoundPlus } from "lucide-react";
import { useTranslations } from "next-intl";
import { useState } from "react";
import { collectionQuery } from "#components/collections/queries.ts";
import type { AccessMode, DocumentView } from "#lib/documents/schema.ts";
import { AccessChoice } from "./access-choice.tsx";
import { useSetAccessMode } from "./queries.ts";

const modeIcons = { private: LockKeyhole, collection: FolderClosed, invite: UserRoundPlus, link: Link2 };

interface DocumentAccessProps {
  document: DocumentView;
  /** Whether the reader uploaded it. */
  isMine: boolean;
  onSaid: (text: string) => void;
  onRefused: (error: unknown) => void;
}

/** Where a document takes its people from: only its owner, its collection, or those invited to it. */
export function DocumentAccess({ document, isMine, onSaid, onRefused }: DocumentAccessProps) {
  const t = useTranslations("share.mode");
  const collection = useQuery({ ...collectionQuery(document.collectionId), retry: false });
  const { mutateAsync: set } = useSetAccessMode(document.id);
  const [error, setError] = useState<unknown>(null);
  const { accessMode: mode, owner } = document;
  const manages = document.abilities.canShare || (isMine && collection.data?.abilities.canShare === true);
  const name = collection.data?.name ?? null;
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
  // links open a document only in their mode: it is kept where it was set, and not offered otherwise
  const offered = (["private", "collection", "invite", "link"] as const).filter(
    (value) => value !== "link" || mode === "link",
  );
  async function choose(next: AccessMode) {
    setError(null);
    try {
      await set({ mode: next, before: mode });
      onSaid(t("said", { mode: t(`${next}.label`) }));
    } catch (problem) {
      setError(problem);
      onRefused(problem);
    }
  }
  const Icon = modeIcons[mode];
  return (
    <>
      <AccessChoice
        icon={<Icon />}
        label={t("title")}
        value={mode}
        options={offered.map((value) => ({
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
    </>
  );
}
