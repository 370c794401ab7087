"use client";
import { FileWarning, LockKeyhole } from "lucide-react";
import { useTranslations } from "next-intl";
import { Badge } from "#components/ui/badge.tsx";
import { Progress } from "#components/ui/progress.tsx";
import { Tooltip } from "#components/ui/tooltip.tsx";
import type { DocumentView } from "#lib/documents/schema.ts";

/** Why a document could not be read at all; null when it could, if only in part. */
export const failureOf = ({ status, problem }: Pick<DocumentView, "status" | "problem">) =>
  status === "failed" ? (problem ?? "crashed") : null;

/** What is to be said about a document beside its name: being read, or why it could not be. Nothing when all is well. */
export function DocumentState({ document }: { document: DocumentView }) {
  const t = useTranslations("document");
  if (document.status === "uploaded") {
    const label = document.progress > 0 ? t("reading", { percent: document.progress }) : t("waiting");
    return (
      <span className="flex w-full max-w-40 flex-col gap-1.5">
        <span className="text-ink-muted text-xs tabular-nums">{label}</span>
        <Progress percent={document.progress} label={t("readingOf", { name: document.name })} />
      </span>
    );
  }
  const problem = failureOf(document);
  if (!problem) return null;
  const isLocked = problem === "encrypted";
  return (
    <Tooltip label={t(`problems.${problem}.text`)}>
      {/* focus would add a stop per document; the text is also on the document's page */}
      <span className="relative z-10 inline-flex">
        <Badge tone={isLocked ? "neutral" : "warning"} icon={isLocked ? <LockKeyhole /> : <FileWarning />}>
          {t(`problems.${problem}.label`)}
        </Badge>
      </span>
    </Tooltip>
  );
}
