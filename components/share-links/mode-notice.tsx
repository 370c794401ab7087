"use client";
import { useTranslations } from "next-intl";
import { useState } from "react";
import { Problem } from "#components/sharing/problem.tsx";
import { useSetAccessMode } from "#components/sharing/queries.ts";
import type { OnRefused } from "#components/sharing/shared-thing.ts";
import { Button } from "#components/ui/button.tsx";
import type { DocumentView } from "#lib/documents/schema.ts";

interface ModeNoticeProps {
  document: DocumentView;
  onSaid: (text: string) => void;
  onRefused: OnRefused;
}

/** Says that a document's links open nothing in its access mode, and changes that. */
export function ModeNotice({ document, onSaid, onRefused }: ModeNoticeProps) {
  const t = useTranslations("links");
  const modes = useTranslations("share.mode");
  const { mutateAsync: set, isPending } = useSetAccessMode(document.id);
  const [error, setError] = useState<unknown>(null);
  const { accessMode: before } = document;
  async function open() {
    setError(null);
    try {
      await set({ mode: "link", before });
      onSaid(modes("said", { mode: modes("link.label") }));
    } catch (problem) {
      setError(problem);
      onRefused(problem, t("failed.mode"));
    }
  }
  // whom it lets in besides is no news where they are in already
  const isWider = before === "private" || before === "invite";
  return (
    <div className="bg-warning-soft text-warning-ink my-1 flex flex-wrap items-center justify-between gap-x-4 gap-y-2 rounded-md px-3 py-2 text-sm">
      <p className="min-w-0 flex-1 basis-60 text-pretty">
        {t("needsMode", { mode: modes(`${before}.label`) })}
        {isWider && ` ${t("needsModeWider")}`}
      </p>
      <Button size="sm" isBusy={isPending} onClick={() => void open()}>
        {t("switchMode")}
      </Button>
      {Boolean(error) && <Problem error={error} what={t("failed.mode")} className="basis-full" />}
    </div>
  );
}
