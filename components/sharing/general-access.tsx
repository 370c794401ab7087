"use client";
import { useQuery } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import { useId, useState } from "react";
import { visibilityIcons } from "#components/collections/visibility-chip.tsx";
import { Checkbox } from "#components/ui/checkbox.tsx";
import type { CollectionView } from "#lib/collections/schema.ts";
import { type Visibility, visibilities } from "#lib/collections/values.ts";
import { AccessChoice } from "./access-choice.tsx";
import { LossQuestion } from "./loss-question.tsx";
import { useSetVisibility, visibilityQuery } from "./queries.ts";
import { type OnRefused, sharedCollection, workspaceOf } from "./shared-thing.ts";
import { type Question, useLoss } from "./use-loss.ts";

interface GeneralAccessProps {
  collection: CollectionView;
  isOwner: boolean;
  onSaid: (text: string) => void;
  onRefused: OnRefused;
}

/** How far a collection is open to people who were not added to it. */
export function GeneralAccess({ collection, isOwner, onSaid, onRefused }: GeneralAccessProps) {
  const t = useTranslations("share");
  const id = useId();
  const { canShare } = collection.abilities;
  const known = useQuery(visibilityQuery(collection.id));
  const { visibility, isProtected } = known.data ?? { visibility: collection.visibility, isProtected: false };
  const { askForClosing } = useLoss(sharedCollection(collection));
  const { mutateAsync: set } = useSetVisibility(collection.id);
  const [error, setError] = useState<unknown>(null);
  const [asked, setAsked] = useState<(Question & { next: Visibility }) | null>(null);
  const whose = workspaceOf(collection);
  const Icon = visibilityIcons[visibility];

  async function attempt(step: () => Promise<void>) {
    setError(null);
    try {
      await step();
    } catch (problem) {
      setError(problem);
      onRefused(problem, t("generalUnchanged"));
    }
  }
  const open = (next: Visibility) =>
    attempt(async () => {
      await set({ visibility: next });
      onSaid(t("saidVisibility", { visibility: t(`visibility.${next}.label`, whose) }));
    });
  const choose = (next: Visibility) =>
    attempt(async () => {
      const isClosing = visibility === "workspace" && next === "private";
      const question = isClosing ? await askForClosing() : null;
      if (question) setAsked({ ...question, next });
      else await open(next);
    });
  const protect = (next: boolean) =>
    attempt(async () => {
      // what is public can't be protected: it closes with the same call
      await set({ visibility: next && visibility === "public" ? "private" : visibility, isProtected: next });
      onSaid(t(next ? "saidProtected" : "saidUnprotected"));
    });
  return (
    <>
      <AccessChoice
        icon={<Icon />}
        label={t("general")}
        value={visibility}
        options={visibilities.map((value) => ({
          value,
          label: t(`visibility.${value}.label`, whose),
          description:
            value === "public" && isProtected
              ? t("protectedNotPublic")
              : t(`visibility.${value}.text`, whose),
          isDisabled: value === "public" && isProtected,
        }))}
        text={
          <>
            {t(`visibility.${visibility}.text`, whose)}
            {isProtected && ` ${t("protectedText")}`}
          </>
        }
        error={error}
        onChange={canShare ? (next) => void choose(next) : undefined}
      />
      {canShare && isOwner && known.data && (
        <div className="ml-10 flex items-start gap-2.5 py-1 text-sm">
          <Checkbox
            id={`${id}-protected`}
            checked={isProtected}
            onClick={() => void protect(!isProtected)}
            className="mt-0.5"
          />
          <label htmlFor={`${id}-protected`}>
            {t("protect")}
            <span className="text-ink-muted block">{t("protectText")}</span>
          </label>
        </div>
      )}
      {asked && (
        <LossQuestion
          question={asked}
          onClose={() => setAsked(null)}
          onConfirm={() => {
            setAsked(null);
            void open(asked.next);
          }}
          className="mt-1 mb-2 sm:ml-10"
        />
      )}
    </>
  );
}
