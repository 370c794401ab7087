"use client";
import { useLocale, useTranslations } from "next-intl";
import { Button } from "#components/ui/button.tsx";
import { Dialog } from "#components/ui/dialog.tsx";
import { Meter } from "#components/ui/meter.tsx";
import { formatBytes, formatUsage } from "#lib/i18n/format.ts";
import type { QuotaView } from "#lib/quota/schema.ts";
import { quotaLevel } from "#lib/quota/values.ts";
import type { UploadPlan } from "./plan-upload.ts";
import type { ChosenFile, Destination } from "./upload-item.ts";
import { uploadQueue } from "./upload-queue.ts";

interface PreflightDialogProps {
  plan: UploadPlan;
  quota: QuotaView;
  collection: Destination;
  onCancel: () => void;
}

const shownNames = 4;

/** Says before anything is sent which files can't go and why, and offers to send the others. */
export function PreflightDialog({ plan, quota, collection, onCancel }: PreflightDialogProps) {
  const t = useTranslations("upload.preflight");
  const common = useTranslations("common");
  const locale = useLocale();
  const { fitting, unsupported, tooLarge, tooMany } = plan;
  const total = fitting.length + unsupported.length + tooLarge.length + tooMany.length;
  const words = common("usage", formatUsage(quota.storageBytes.used, quota.storageBytes.limit, locale));
  const fittingBytes = fitting.reduce((sum, { file }) => sum + file.size, 0);
  return (
    <Dialog
      isOpen
      onOpenChange={(isOpen) => !isOpen && onCancel()}
      title={t("title", { fitting: fitting.length, total })}
      description={
        fitting.length > 0
          ? t("text", { size: formatBytes(fittingBytes, locale), collection: collection.name })
          : t("none")
      }
      footer={
        fitting.length > 0 ? (
          <>
            <Button onClick={onCancel}>{common("cancel")}</Button>
            <Button variant="primary" onClick={() => uploadQueue.add(fitting, collection)}>
              {t("start", { count: fitting.length })}
            </Button>
          </>
        ) : (
          <Button onClick={onCancel}>{common("close")}</Button>
        )
      }
    >
      <div className="flex flex-col gap-5">
        {(tooLarge.length > 0 || tooMany.length > 0) && (
          <div>
            <p className="mb-2 flex justify-between gap-3 text-sm">
              <span className="text-ink-muted">{t("storage")}</span>
              <span className="font-medium tabular-nums">{words}</span>
            </p>
            <Meter
              {...quota.storageBytes}
              level={quotaLevel(quota.storageBytes)}
              label={t("storage")}
              valueText={words}
            />
          </div>
        )}
        <Left
          files={tooLarge}
          title={t("tooLarge", {
            count: tooLarge.length,
            left: formatBytes(Math.max(0, quota.storageBytes.limit - quota.storageBytes.used), locale),
          })}
          hint={t("tooLargeHint")}
        />
        <Left
          files={tooMany}
          title={t("tooMany", { count: tooMany.length, limit: quota.documents.limit })}
          hint={t("tooManyHint")}
        />
        <Left
          files={unsupported}
          title={t("unsupported", { count: unsupported.length })}
          hint={t("unsupportedHint")}
        />
      </div>
    </Dialog>
  );
}

function Left({ files, title, hint }: { files: ChosenFile[]; title: string; hint: string }) {
  const t = useTranslations("upload.preflight");
  const locale = useLocale();
  if (files.length === 0) return null;
  return (
    <section>
      <h3 className="font-medium tracking-normal">{title}</h3>
      <p className="text-ink-muted mt-0.5 text-sm">{hint}</p>
      <ul className="text-ink-muted mt-2 flex flex-col gap-1 text-sm">
        {files.slice(0, shownNames).map(({ file, path }) => (
          <li key={path} className="flex justify-between gap-4">
            <span className="truncate">{path}</span>
            <span className="shrink-0 tabular-nums">{formatBytes(file.size, locale)}</span>
          </li>
        ))}
        {files.length > shownNames && <li>{t("more", { count: files.length - shownNames })}</li>}
      </ul>
    </section>
  );
}
