"use client";
import { useTranslations } from "next-intl";
import { Button } from "./button.tsx";
import { Dialog } from "./dialog.tsx";

interface ConflictDialogProps {
  /** What differs: what the reader wrote, and what was saved meanwhile. */
  fields: readonly { label: string; mine: string; theirs: string }[];
  isBusy?: boolean;
  error?: string | null;
  /** Drops one's own change. */
  onKeepTheirs: () => void;
  /** Saves one's own change over the other. */
  onOverwrite: () => void;
  /** Back to editing, with one's own text kept. */
  onReview: () => void;
}

/** Somebody else saved first: shows both versions and lets the reader choose. Nothing is lost by closing it. */
export function ConflictDialog({
  fields,
  isBusy,
  error,
  onKeepTheirs,
  onOverwrite,
  onReview,
}: ConflictDialogProps) {
  const t = useTranslations("common.conflict");
  return (
    <Dialog
      isOpen
      onOpenChange={(isOpen) => !isOpen && onReview()}
      title={t("title")}
      description={t("text")}
      footer={
        <>
          <Button onClick={onReview}>{t("review")}</Button>
          <Button onClick={onKeepTheirs}>{t("keepTheirs")}</Button>
          <Button variant="primary" isBusy={isBusy} onClick={onOverwrite}>
            {t("overwrite")}
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-4">
        {fields.map((field) => (
          <section key={field.label} aria-label={field.label}>
            <h3 className="text-ink-muted mb-1.5 text-sm font-medium">{field.label}</h3>
            <dl className="grid gap-2 sm:grid-cols-2">
              {(["theirs", "mine"] as const).map((side) => (
                <div key={side} className="border-line bg-sunken min-w-0 rounded-md border px-3 py-2">
                  <dt className="text-ink-muted text-xs">{t(side)}</dt>
                  <dd className="mt-1 max-h-40 overflow-y-auto break-words whitespace-pre-wrap">
                    {field[side] || <span className="text-ink-faint">{t("nothing")}</span>}
                  </dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
        {error && (
          <p role="alert" className="text-danger-ink text-sm">
            {error}
          </p>
        )}
      </div>
    </Dialog>
  );
}
