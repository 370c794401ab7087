"use client";
import { useQuery } from "@tanstack/react-query";
import { Copy } from "lucide-react";
import { useTranslations } from "next-intl";
import { Button } from "#components/ui/button.tsx";
import { CardSection } from "#components/ui/card.tsx";
import { Checkbox } from "#components/ui/checkbox.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { notify } from "#components/ui/toast.tsx";
import { useErrorText } from "#components/use-error-text.ts";
import { auditSealQuery, useChangeAuditSeal } from "./queries.ts";

/** How far the log is sealed, the last checkpoint to take along, and whether checkpoints are mailed. */
export function SealSection() {
  const t = useTranslations("audit.seal");
  const textOf = useErrorText();
  const { data: seal } = useQuery(auditSealQuery());
  const { mutate: change, isPending } = useChangeAuditSeal();
  if (!seal) return null;
  const { checkpoint, verifierKeys, isMailed } = seal;
  const copy = async (text: string) => {
    await navigator.clipboard.writeText(text);
    notify.done(t("copied"));
  };
  return (
    <CardSection
      title={t("title")}
      description={t("text")}
      action={
        checkpoint && (
          <Button onClick={() => void copy(`${checkpoint.note}\n${verifierKeys[0] ?? ""}\n`)}>
            <Copy aria-hidden />
            {t("copy")}
          </Button>
        )
      }
    >
      <p>{t("sealed", { count: seal.sealedCount })}</p>
      {seal.lagSeconds >= 60 && (
        <p className="text-warning-ink">{t("lag", { seconds: Math.round(seal.lagSeconds) })}</p>
      )}
      <p className="text-ink-muted mt-1">
        {checkpoint ? (
          <>
            {t("checkpoint", { count: checkpoint.size })} · <RelativeTime value={checkpoint.createdAt} />
          </>
        ) : (
          t("none")
        )}
      </p>
      {verifierKeys[0] && (
        <p className="text-ink-muted mt-1 text-sm wrap-anywhere">
          {t("keys")}: <code>{verifierKeys[0]}</code>
        </p>
      )}
      <div className="mt-4 flex items-start gap-2.5">
        <Checkbox
          id="checkpoint-mail"
          className="mt-0.5"
          checked={isMailed}
          disabled={isPending}
          onClick={() =>
            change(!isMailed, {
              onSuccess: (now) => notify.done(t(now.isMailed ? "mailOn" : "mailOff")),
              onError: (error) => notify.failed(t("mailFailed", { reason: textOf(error) })),
            })
          }
        />
        <label htmlFor="checkpoint-mail">{t("mail")}</label>
      </div>
    </CardSection>
  );
}
